import { mention } from "../lib/functions.ts";
import { alone } from "../lib/rule.ts";

/** What is not stated counts as a fault, whatever the default is. */
export const queueEncryption = alone(
  {
    id: 41,
    name: "queue-encryption",
    level: "mandatory",
    known: "FSBP SQS.1; NAG SQS2",
    checks: "Each queue states its encryption.",
    why: "Messages name people's pictures.",
    mend: "set sqsManagedSseEnabled to true, or kmsMasterKeyId.",
  },
  ["aws:sqs/queue:Queue"],
  ({ name, props }, report) => {
    if (props["sqsManagedSseEnabled"] !== true && !mention(() => props["kmsMasterKeyId"]))
      report(`Expected ${name} to state an encryption, found none.`);
  },
);
