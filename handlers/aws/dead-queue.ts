import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { DeadQueue } from "../dead-queue.ts";
import type { DeadQueueOptions } from "../env.ts";
import { fileIdentity } from "../picture-id.ts";
import { likelyIdOf } from "../reconcile-objects.ts";
import { subjectOf } from "../subject.ts";
import type { Queued } from "./file-queue.ts";
import type { ObjectCreated } from "./object-created.ts";
import { sendAllTo } from "./send-all.ts";

/** How long a message is hidden while it is looked at, in seconds. */
const hidden = 60;
/** Times ten messages that one look goes through at most. */
const mostRounds = 30;

/** One queue of messages that SQS gave up. */
export function sqsDeadQueue(client: SQSClient, { actor, source, from, to }: DeadQueueOptions): DeadQueue {
  const QueueUrl = from;
  const sendAll = sendAllTo(client, to);
  const pictureOf = (body = "") => {
    if (source !== undefined) return ofFile(source, body);
    return actor === "restore" ? ofOriginal(body) : ofObject(body);
  };
  const receive = async () => {
    const asked = { QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: hidden, WaitTimeSeconds: 1 };
    return (await client.send(new ReceiveMessageCommand(asked))).Messages ?? [];
  };
  const sendBack = async ({ Body = "", ReceiptHandle }: Message) => {
    await sendAll([Body]);
    await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  };
  const show = ({ ReceiptHandle }: Message) =>
    client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));

  return {
    actor,
    async count() {
      const AttributeNames = ["ApproximateNumberOfMessages" as const];
      const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
      return Number(Attributes?.ApproximateNumberOfMessages ?? 0);
    },
    async each(isWanted, really) {
      const wanted: (string | undefined)[] = [];
      const looked: Message[] = [];
      try {
        for (let left = mostRounds; left > 0; left--) {
          const messages = await receive();
          if (messages.length === 0) break;
          for (const message of messages) {
            const pictureId = pictureOf(message.Body);
            const fits = isWanted(pictureId);
            if (fits) wanted.push(pictureId);
            if (fits && really) await sendBack(message);
            else looked.push(message);
          }
        }
      } finally {
        // Whoever looks next finds them at once.
        await Promise.all(looked.map(show));
      }
      return wanted;
    },
  };
}

/** The picture that an event of a new object is about, as far as it can be told. */
function ofObject(body: string): string | undefined {
  const { key, etag } = read<ObjectCreated>(body)?.detail?.object ?? {};
  return key === undefined ? undefined : likelyIdOf(key, `"${etag}"`);
}

/** The picture whose original can be read again. */
const ofOriginal = (body: string): string | undefined =>
  subjectOf(read<ObjectCreated>(body)?.detail?.object?.key).pictureId;

function ofFile(source: string, body: string): string | undefined {
  const file = read<Queued>(body);
  return file && "id" in file ? fileIdentity(source, file).pictureId : undefined;
}

/** A message may be here because it is no JSON. */
function read<T>(body: string): T | undefined {
  try {
    return JSON.parse(body) as T;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
