import { mention } from "../lib/functions.ts";
import { alone } from "../lib/rule.ts";

export const logEncryption = alone(
  {
    id: 64,
    name: "log-encryption",
    level: "advisory",
    known: "NAG CloudWatchLogGroupEncrypted",
    checks: "Each log group is encrypted with a key of KMS.",
    why: "With AWS's own key, leave to read the group is all that is needed.",
    mend: "set kmsKeyId to a key whose policy lets CloudWatch Logs use it, or write down why not.",
  },
  ["aws:cloudwatch/logGroup:LogGroup"],
  ({ name, props }, report) => {
    if (!mention(() => props["kmsKeyId"])) report(`Expected a kmsKeyId for ${name}, found none.`);
  },
);
