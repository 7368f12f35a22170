import { isDeadLetters } from "../lib/dead-letters.ts";
import { mention } from "../lib/functions.ts";
import { together } from "../lib/rule.ts";

export const queueDeadLetters = together(
  {
    id: 44,
    name: "queue-dead-letters",
    level: "mandatory",
    known: "NAG SQS3, SQSRedrivePolicy",
    checks: "Each queue has a queue for dead letters, or is one.",
    why: "A message that always fails is tried for days, and then it is gone.",
    mend: "set redrivePolicy with a deadLetterTargetArn.",
  },
  ["aws:sqs/queue:Queue"],
  (queue, report, stack) => {
    const redrives =
      mention(() => queue.props["redrivePolicy"]) ||
      stack.naming("aws:sqs/redrivePolicy:RedrivePolicy", "queueUrl", queue).length > 0;
    if (!redrives && !isDeadLetters(stack, queue))
      report(`Expected ${queue.name} to have a redrivePolicy or to be where others put dead letters, found neither.`);
  },
);
