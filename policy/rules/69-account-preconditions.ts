import { together } from "../lib/rule.ts";

export const accountPreconditions = together(
  {
    id: 69,
    name: "account-preconditions",
    level: "advisory",
    known: "FSBP CloudTrail.1, .2, .4; GuardDuty.1, .6, .10; Account.1; IAM.4–.8",
    checks: "Somebody has looked at what a stack cannot show, because it belongs to the whole account.",
    why: "All the stack's care is for nothing in an account whose root user has no second factor.",
    mend: "see to it once for the account, and say so in the pack's config: an exception for `stack` about it, with who looked and when.",
  },
  ["stack"],
  (_, report) => {
    for (const [about, what] of Object.entries(preconditions))
      report(`Expected the account to have ${what}; a stack cannot show it.`, about);
  },
);

const preconditions = {
  cloudtrail: "CloudTrail in all Regions, encrypted and validated",
  guardduty: "GuardDuty with S3 and Lambda protection",
  contact: "a security contact",
  root: "a root user without access keys, and with a second factor",
  passwords: "a password policy, or single sign-on alone",
};
