import { alone } from "../lib/rule.ts";
import { allows, isPublic, unboundServices } from "../lib/statements.ts";

export const topicNotPublic = alone(
  {
    id: 39,
    name: "topic-not-public",
    level: "mandatory",
    known: "FSBP SNS.4",
    checks: "No topic is open to everybody, nor to a service on behalf of any account.",
    why: "Strangers could ring the alarm, or listen.",
    mend: "name the principal, and for a service the aws:SourceAccount.",
  },
  ["aws:sns/topicPolicy:TopicPolicy", "aws:sns/topic:Topic"],
  ({ name, props }, report) => {
    for (const statement of allows(props["policy"])) {
      if (isPublic(statement)) report(`Expected ${name} to name who may ${statement.actions.join(", ")}, received *.`);
      for (const service of unboundServices(statement))
        report(`Expected ${name} to bind ${service} to an aws:SourceAccount, found none.`, service);
    }
  },
);
