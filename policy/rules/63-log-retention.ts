import { together } from "../lib/rule.ts";
import { peek, type Seen } from "../lib/seen.ts";
import { isOf } from "../lib/stack.ts";

export const logRetention = together(
  {
    id: 63,
    name: "log-retention",
    level: "mandatory",
    known: "NAG CloudWatchLogGroupRetentionPeriod",
    checks: "Each function logs to a group of this stack, and each group forgets after a time.",
    why: "A group that Lambda makes by itself never ends.",
    mend: "make a LogGroup with retentionInDays, and name it in the function's loggingConfig.",
  },
  ["aws:cloudwatch/logGroup:LogGroup", "aws:lambda/function:Function"],
  (one, report, stack) => {
    if (one.type === "aws:cloudwatch/logGroup:LogGroup") {
      if (!(one.props["retentionInDays"] > 0))
        report(`Expected ${one.name} to have retentionInDays, received ${one.props["retentionInDays"]}.`);
    } else if (!stack.of("aws:cloudwatch/logGroup:LogGroup").some((group) => takesLogsOf(group, one)))
      report(`Expected ${one.name} to log to a LogGroup of this stack, found none.`);
  },
);

const takesLogsOf = (group: Seen, fn: Seen): boolean =>
  isOf(() => fn.props["loggingConfig"]?.logGroup, fn, "loggingConfig", group) ||
  peek(() => group.props["name"] === `/aws/lambda/${fn.props["name"]}`) === true;
