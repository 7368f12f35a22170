import { alone } from "../lib/rule.ts";
import { allows } from "../lib/statements.ts";

export const noAdministrators = alone(
  {
    id: 31,
    name: "no-administrators",
    level: "mandatory",
    known: "FSBP IAM.1",
    checks: "No policy allows everything on everything.",
    why: "Whoever gets hold of it owns the account.",
    mend: "name the actions and the resources.",
  },
  [
    "aws:iam/rolePolicy:RolePolicy",
    "aws:iam/policy:Policy",
    "aws:iam/groupPolicy:GroupPolicy",
    "aws:iam/userPolicy:UserPolicy",
  ],
  ({ name, props }, report) => {
    const isAll = (text: string) => text === "*" || text === "*:*";
    if (allows(props["policy"]).some(({ actions, resources }) => actions.some(isAll) && resources.some(isAll)))
      report(`Expected ${name} to allow some actions on some resources, received *:*.`);
  },
);
