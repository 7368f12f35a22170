import { together } from "../lib/rule.ts";
import { listOf, peek } from "../lib/seen.ts";
import { isOf } from "../lib/stack.ts";

export const tableBackupPlan = together(
  {
    id: 18,
    name: "table-backup-plan",
    level: "advisory",
    known: "NAG DynamoDBInBackupPlan",
    checks: "Each table is in a backup plan.",
    why: "Point-in-time recovery goes with the table, and ends after 35 days.",
    mend: "add it to a backup Selection, or write down that point-in-time recovery is enough.",
  },
  ["aws:dynamodb/table:Table"],
  (table, report, stack) => {
    const planned = stack
      .of("aws:backup/selection:Selection")
      .some((selection) =>
        listOf(peek(() => selection.props["resources"] as unknown[]) ?? [undefined]).some((_, index) =>
          isOf(() => selection.props["resources"][index], selection, "resources", table),
        ),
      );
    if (!planned) report(`Expected ${table.name} to be in a backup plan, found none.`);
  },
);
