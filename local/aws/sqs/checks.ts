import { createHash } from "node:crypto";
import { type MessageAttributes, type QueueConfig, QueueError } from "./types.ts";

const mostBytes = 1024 * 1024;

/** @throws QueueError for what SQS does not take as a message. */
export function checkBody(body: string, attributes: MessageAttributes): void {
  if (body === "") throw new QueueError("InvalidParameterValue", "The request must contain the parameter MessageBody.");
  if (outsideXml.test(body) || !body.isWellFormed())
    throw new QueueError(
      "InvalidMessageContents",
      "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF.",
    );
  const parts = Object.entries(attributes).flatMap(([name, value]) => [name, value.DataType, bytesOf(value)]);
  const bytes = Buffer.byteLength(body) + parts.reduce((sum, part) => sum + part.length, 0);
  if (bytes > mostBytes)
    throw new QueueError(
      "InvalidParameterValue",
      `One or more parameters are invalid. Reason: Message must be shorter than ${mostBytes} bytes.`,
    );
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones SQS refuses.
const outsideXml = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

/** @throws QueueError for a queue that AWS would refuse or this host does not have. */
export function checkConfig({
  name,
  redrive,
  visibilityTimeoutSeconds = 30,
  retentionSeconds = 345_600,
}: QueueConfig): void {
  const refuse = (detail: string): never => {
    throw new QueueError("QUEUE_CONFIG", `[${name}] QUEUE_CONFIG: ${detail}`);
  };
  if (name.endsWith(".fifo")) refuse("expected a standard queue; this host has no FIFO queues.");
  if (visibilityTimeoutSeconds < 0 || visibilityTimeoutSeconds > 43_200)
    refuse(`expected a visibility timeout of 0 to 43200 seconds, but it is ${visibilityTimeoutSeconds}.`);
  if (retentionSeconds < 60 || retentionSeconds > 1_209_600)
    refuse(`expected messages to be kept for 60 to 1209600 seconds, but it is ${retentionSeconds}.`);
  if (redrive && (redrive.maxReceiveCount < 1 || redrive.maxReceiveCount > 1000))
    refuse(`expected maxReceiveCount from 1 to 1000, but it is ${redrive.maxReceiveCount}.`);
}

/**
 * The digest that SQS gives for a message's attributes; undefined when there are none.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
 */
export function md5OfAttributes(attributes: MessageAttributes): string | undefined {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  const hash = createHash("md5");
  const put = (value: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(value.length);
    hash.update(length).update(value);
  };
  for (const name of names) {
    const attribute = attributes[name]!;
    put(Buffer.from(name));
    put(Buffer.from(attribute.DataType));
    hash.update(Buffer.of(attribute.DataType.startsWith("Binary") ? 2 : 1));
    put(bytesOf(attribute));
  }
  return hash.digest("hex");
}

const bytesOf = ({ StringValue, BinaryValue }: MessageAttributes[string]): Buffer =>
  BinaryValue === undefined ? Buffer.from(StringValue ?? "") : Buffer.from(BinaryValue, "base64");
