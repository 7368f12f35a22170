import { mention } from "../lib/functions.ts";
import { alone } from "../lib/rule.ts";

export const subscriptionDeadLetters = alone(
  {
    id: 40,
    name: "subscription-dead-letters",
    level: "mandatory",
    known: "NAG SNSRedrivePolicy",
    checks: "Each subscription keeps what could not be delivered.",
    why: "SNS gives up and tells nobody.",
    mend: "set redrivePolicy with a deadLetterTargetArn.",
  },
  ["aws:sns/topicSubscription:TopicSubscription"],
  ({ name, props }, report) => {
    if (!mention(() => props["redrivePolicy"])) report(`Expected a redrivePolicy for ${name}, found none.`);
  },
);
