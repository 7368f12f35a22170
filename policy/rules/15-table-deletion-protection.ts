import { alone } from "../lib/rule.ts";
import { listOf } from "../lib/seen.ts";

interface Replica {
  readonly regionName: string;
  readonly deletionProtectionEnabled?: boolean;
}

export const tableDeletionProtection = alone(
  {
    id: 15,
    name: "table-deletion-protection",
    level: "mandatory",
    known: "FSBP DynamoDB.6",
    checks: "Each table, and each replica, is protected from deletion, in AWS and in Pulumi.",
    why: "A renamed resource or a hasty `destroy` would take every record along.",
    mend: "set deletionProtectionEnabled, for each replica too, and the resource option protect (darkroom:protect).",
  },
  ["aws:dynamodb/table:Table", "aws:dynamodb/tableReplica:TableReplica"],
  ({ name, props, opts }, report) => {
    if (props["deletionProtectionEnabled"] !== true)
      report(`Expected deletionProtectionEnabled of ${name} to be true.`);
    if (!opts.protect) report(`Expected ${name} to have Pulumi's option protect.`);
    for (const replica of listOf<Replica>(props["replicas"]))
      if (replica.deletionProtectionEnabled !== true)
        report(
          `Expected deletionProtectionEnabled of ${name} to be true in ${replica.regionName}.`,
          replica.regionName,
        );
  },
);
