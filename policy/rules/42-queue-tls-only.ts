import { together } from "../lib/rule.ts";
import { refusesPlainText } from "../lib/statements.ts";

export const queueTlsOnly = together(
  {
    id: 42,
    name: "queue-tls-only",
    level: "mandatory",
    known: "NAG SQS4",
    checks: "Each queue's policy refuses what does not come over TLS.",
    why: "Messages could be read, or forged, on the way.",
    mend: "add a QueuePolicy that denies sqs:* where aws:SecureTransport is false.",
  },
  ["aws:sqs/queue:Queue"],
  (queue, report, stack) => {
    const policies = [queue, ...stack.naming("aws:sqs/queuePolicy:QueuePolicy", "queueUrl", queue)];
    const refuses = policies.some(({ props }) => {
      const policy: unknown = props["policy"];
      return policy !== undefined && refusesPlainText(policy, "sqs:*", [queue.props["arn"]]);
    });
    if (!refuses) report(`Expected the policy of ${queue.name} to deny sqs:* without TLS, found no such statement.`);
  },
);
