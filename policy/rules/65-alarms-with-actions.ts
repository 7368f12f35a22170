import { alarmsOn } from "../lib/alarms.ts";
import { asyncCallersOf, mappingsOf, mention, readsStream } from "../lib/functions.ts";
import { type Report, together } from "../lib/rule.ts";
import { listOf, type Seen } from "../lib/seen.ts";
import type { Stack } from "../lib/stack.ts";

export const alarmsWithActions = together(
  {
    id: 65,
    name: "alarms-with-actions",
    level: "mandatory",
    known: "NAG CloudWatchAlarmAction",
    checks: "Errors, throttles, lost calls, late streams and replicas, and the bill each ring somewhere.",
    why: "A pipeline that stands still makes no noise.",
    mend: "add a MetricAlarm with alarmActions on that metric (darkroom:alarms).",
  },
  ["stack", "aws:cloudwatch/metricAlarm:MetricAlarm", "aws:lambda/function:Function", "aws:dynamodb/table:Table"],
  (one, report, stack) => checks[one.type]?.(one, report, stack),
);

const checks: Readonly<Record<string, (one: Seen, report: Report, stack: Stack) => void>> = {
  stack: (_, report, stack) => {
    if (alarmsOn(stack, "EstimatedCharges").length === 0 && stack.of("aws:budgets/budget:Budget").length === 0)
      report("Expected an alarm on EstimatedCharges or a Budget, found none.", "EstimatedCharges");
  },
  "aws:cloudwatch/metricAlarm:MetricAlarm": ({ name, props }, report) => {
    const acts = mention(() => props["alarmActions"]?.length) && props["actionsEnabled"] !== false;
    if (!acts) report(`Expected ${name} to have alarmActions that are enabled, found none.`, "actions");
  },
  "aws:lambda/function:Function": (fn, report, stack) => {
    const metrics = ["Errors", "Throttles"];
    if (asyncCallersOf(stack, fn).length > 0) metrics.push("AsyncEventsDropped");
    if (mappingsOf(stack, fn).some(readsStream)) metrics.push("IteratorAge");
    for (const metric of metrics)
      if (alarmsOn(stack, metric, "FunctionName", fn).length === 0)
        report(`Expected an alarm on ${metric} of ${fn.name}, found none.`, metric);
  },
  "aws:dynamodb/table:Table": (table, report, stack) => {
    if (
      listOf(table.props["replicas"]).length > 0 &&
      alarmsOn(stack, "ReplicationLatency", "TableName", table).length === 0
    )
      report(`Expected an alarm on ReplicationLatency of ${table.name}, found none.`, "ReplicationLatency");
  },
};
