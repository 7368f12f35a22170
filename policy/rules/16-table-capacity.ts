import { together } from "../lib/rule.ts";

export const tableCapacity = together(
  {
    id: 16,
    name: "table-capacity",
    level: "advisory",
    known: "FSBP DynamoDB.1; NAG DynamoDBAutoScalingEnabled",
    checks: "Each table is on demand, or scales by itself.",
    why: "A fixed capacity throttles the first burst and is paid for at night.",
    mend: "set billingMode PAY_PER_REQUEST, or add an appautoscaling Target for the table.",
  },
  ["aws:dynamodb/table:Table"],
  (table, report, stack) => {
    if (table.props["billingMode"] === "PAY_PER_REQUEST") return;
    const scales = stack
      .of("aws:appautoscaling/target:Target")
      .some(({ props }) => props["resourceId"] === `table/${table.props["name"]}`);
    if (!scales) report(`Expected ${table.name} to be on demand or to scale, received ${table.props["billingMode"]}.`);
  },
);
