import { mention } from "../lib/functions.ts";
import { alone } from "../lib/rule.ts";

export const topicEncryption = alone(
  {
    id: 37,
    name: "topic-encryption",
    level: "advisory",
    known: "FSBP SNS.1; NAG SNSEncryptedKMS",
    checks: "Each topic is encrypted with a key of KMS.",
    why: "Messages lie unencrypted until they are delivered.",
    mend: "set kmsMasterKeyId; services that publish need a customer's key whose policy lets them.",
  },
  ["aws:sns/topic:Topic"],
  ({ name, props }, report) => {
    if (!mention(() => props["kmsMasterKeyId"])) report(`Expected a kmsMasterKeyId for ${name}, found none.`);
  },
);
