import { alone } from "../lib/rule.ts";
import { allows, isPublic, unboundServices } from "../lib/statements.ts";

export const queueNotPublic = alone(
  {
    id: 43,
    name: "queue-not-public",
    level: "mandatory",
    known: "FSBP SQS.3",
    checks: "No queue is open to everybody, nor to a service on behalf of any account.",
    why: "Strangers could send work, or read it.",
    mend: "name the principal, and for a service the aws:SourceAccount.",
  },
  ["aws:sqs/queuePolicy:QueuePolicy", "aws:sqs/queue:Queue"],
  ({ name, props }, report) => {
    for (const statement of allows(props["policy"])) {
      if (isPublic(statement)) report(`Expected ${name} to name who may ${statement.actions.join(", ")}, received *.`);
      for (const service of unboundServices(statement))
        report(`Expected ${name} to bind ${service} to an aws:SourceAccount, found none.`, service);
    }
  },
);
