import { alone } from "../lib/rule.ts";
import { allows, covers } from "../lib/statements.ts";

export const noDecryptOfAllKeys = alone(
  {
    id: 32,
    name: "no-decrypt-of-all-keys",
    level: "mandatory",
    known: "FSBP KMS.1, KMS.2",
    checks: "No policy allows decrypting with every key.",
    why: "The role could read what any other team has encrypted.",
    mend: "name the key's ARN.",
  },
  [
    "aws:iam/rolePolicy:RolePolicy",
    "aws:iam/policy:Policy",
    "aws:iam/groupPolicy:GroupPolicy",
    "aws:iam/userPolicy:UserPolicy",
  ],
  ({ name, props }, report) => {
    for (const statement of allows(props["policy"]))
      for (const action of ["kms:Decrypt", "kms:ReEncryptFrom"])
        if (covers(statement, action))
          for (const resource of statement.resources.filter((arn) =>
            /^\*$|:(key|alias)\/\*|^arn:[^/]*:kms:[^/]*\*[^/]*$/.test(arn),
          ))
            report(`Expected ${name} to name the keys it may ${action} with, received ${resource}.`, action);
  },
);
