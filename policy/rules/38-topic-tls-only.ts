import { together } from "../lib/rule.ts";
import { refusesPlainText } from "../lib/statements.ts";

/** A key of KMS is no answer to this one: the policy itself is looked at. */
export const topicTlsOnly = together(
  {
    id: 38,
    name: "topic-tls-only",
    level: "mandatory",
    known: "NAG SNS3",
    checks: "Each topic's policy refuses to take messages without TLS.",
    why: "Messages could be read, or forged, on the way.",
    mend: "add a statement that denies sns:Publish where aws:SecureTransport is false.",
  },
  ["aws:sns/topic:Topic"],
  (topic, report, stack) => {
    const policies = [topic, ...stack.naming("aws:sns/topicPolicy:TopicPolicy", "arn", topic)];
    const refuses = policies.some(({ props }) => {
      const policy: unknown = props["policy"];
      return policy !== undefined && refusesPlainText(policy, "sns:Publish", [topic.props["arn"]]);
    });
    if (!refuses)
      report(`Expected the policy of ${topic.name} to deny sns:Publish without TLS, found no such statement.`);
  },
);
