import { alone } from "../lib/rule.ts";
import { allows, conditionOn, isPublic, unboundServices } from "../lib/statements.ts";

export const keyKeptAndClosed = alone(
  {
    id: 62,
    name: "key-kept-and-closed",
    level: "mandatory",
    known: "FSBP KMS.3, KMS.5",
    checks:
      "Keys are in use, wait 30 days before they go, and are closed to strangers and to services of other accounts.",
    why: "What a lost key encrypted is lost; what an open one encrypted is not.",
    mend: "leave isEnabled, set deletionWindowInDays to 30, and add kms:ViaService or aws:SourceAccount to the policy.",
  },
  ["aws:kms/key:Key", "aws:kms/keyPolicy:KeyPolicy"],
  ({ name, props }, report) => {
    if (props["isEnabled"] === false) report(`Expected ${name} to be enabled.`);
    if ((props["deletionWindowInDays"] ?? 30) < 30)
      report(`Expected ${name} to wait 30 days before it goes, received ${props["deletionWindowInDays"]}.`);
    for (const statement of allows(props["policy"])) {
      const viaService =
        conditionOn(statement, "kms:ViaService").length > 0 && conditionOn(statement, "kms:CallerAccount").length > 0;
      if (isPublic(statement) && !viaService)
        report(`Expected the policy of ${name} to name who may use it, received *.`);
      for (const service of unboundServices(statement))
        report(`Expected the policy of ${name} to bind ${service} to an account, found none.`, service);
    }
  },
);
