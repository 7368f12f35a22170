import { alone } from "../lib/rule.ts";
import { listOf } from "../lib/seen.ts";

export const noManagedPolicies = alone(
  {
    id: 30,
    name: "no-managed-policies",
    level: "advisory",
    known: "NAG IAM4",
    checks: "Roles do not use policies that AWS manages.",
    why: "They are wider than needed (AWSLambdaBasicExecutionRole writes to every log group), and change without notice.",
    mend: "write the statements that are needed in a RolePolicy.",
  },
  [
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:iam/policyAttachment:PolicyAttachment",
    "aws:iam/role:Role",
  ],
  ({ name, props }, report) => {
    for (const arn of listOf<string>(props["policyArn"] ?? props["managedPolicyArns"]))
      if (/^arn:aws[\w-]*:iam::aws:policy\//.test(arn))
        report(`Expected ${name} to have policies of its own, received ${arn}.`, arn);
  },
);
