import { alone } from "../lib/rule.ts";
import { listOf } from "../lib/seen.ts";

interface Replica {
  readonly regionName: string;
  readonly pointInTimeRecovery?: boolean;
}

export const tablePointInTimeRecovery = alone(
  {
    id: 14,
    name: "table-point-in-time-recovery",
    level: "mandatory",
    known: "FSBP DynamoDB.2; NAG DDB3",
    checks: "Each table, and each replica of it, can be brought back to any second of the last 35 days.",
    why: "A fault that writes nonsense reaches every Region within a second.",
    mend: "turn pointInTimeRecovery on, for each replica too.",
  },
  ["aws:dynamodb/table:Table", "aws:dynamodb/tableReplica:TableReplica"],
  ({ name, type, props }, report) => {
    const setting = props["pointInTimeRecovery"];
    const isOn = type.endsWith(":TableReplica") ? setting === true : setting?.enabled === true;
    if (!isOn) report(`Expected point-in-time recovery of ${name} to be on.`);
    for (const replica of listOf<Replica>(props["replicas"]))
      if (replica.pointInTimeRecovery !== true)
        report(`Expected point-in-time recovery of ${name} to be on in ${replica.regionName}.`, replica.regionName);
  },
);
