import { alone } from "../lib/rule.ts";

export const tableEncryption = alone(
  {
    id: 17,
    name: "table-encryption",
    level: "advisory",
    known: "AWSGuard dynamodb-table-encryption-enabled",
    checks: "Each table is encrypted with a key of KMS.",
    why: "With the key that AWS owns, nobody sees in CloudTrail when it was used.",
    mend: "turn serverSideEncryption on.",
  },
  ["aws:dynamodb/table:Table"],
  ({ name, props }, report) => {
    if (props["serverSideEncryption"]?.enabled !== true) report(`Expected serverSideEncryption of ${name} to be on.`);
  },
);
