import { alone } from "../lib/rule.ts";

export const noUsers = alone(
  {
    id: 33,
    name: "no-users",
    level: "mandatory",
    known: "FSBP IAM.2, IAM.3; NAG IAMUserNoPolicies; AWSGuard access-keys-rotated, mfa-enabled-for-iam-console-access",
    checks: "The stack has no IAM users, access keys or passwords.",
    why: "A key that never ends is the one that gets lost; its secret lies in Pulumi's state as well.",
    mend: "use roles: services assume them, and deployments come by OIDC (docs/policy.md).",
  },
  ["aws:iam/user:User", "aws:iam/accessKey:AccessKey", "aws:iam/userLoginProfile:UserLoginProfile"],
  ({ name, type }, report) => report(`Expected no ${type.split(":").at(-1)} in the stack, found ${name}.`),
);
