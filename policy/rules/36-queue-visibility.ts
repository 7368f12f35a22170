import { together } from "../lib/rule.ts";
import { isOf } from "../lib/stack.ts";

export const queueVisibility = together(
  {
    id: 36,
    name: "queue-visibility",
    level: "mandatory",
    known: "NAG LambdaEventSourceSQSVisibilityTimeout",
    checks: "A queue hides a message for six times the time-out of the function that takes it, and its batch window.",
    why: "Else a message that was throttled comes back while it is still worked on.",
    mend: "raise visibilityTimeoutSeconds.",
  },
  ["aws:sqs/queue:Queue"],
  (queue, report, stack) => {
    for (const mapping of stack.naming("aws:lambda/eventSourceMapping:EventSourceMapping", "eventSourceArn", queue))
      for (const fn of stack
        .of("aws:lambda/function:Function")
        .filter((one) => isOf(() => mapping.props["functionName"] as unknown, mapping, "functionName", one))) {
        const least = 6 * (fn.props["timeout"] ?? 3) + (mapping.props["maximumBatchingWindowInSeconds"] ?? 0);
        const hidden = queue.props["visibilityTimeoutSeconds"] ?? 30;
        if (hidden < least)
          report(
            `Expected ${queue.name} to hide a message for ${least} s, because of ${fn.name}, received ${hidden} s.`,
          );
      }
  },
);
