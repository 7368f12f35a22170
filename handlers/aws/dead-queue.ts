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

/** Where its messages go back to is known. */
export type SentBack = DeadQueueOptions & { readonly to: string };
export const isSentBack = (options: DeadQueueOptions): options is SentBack => options.to !== undefined;

/** One queue of messages that SQS gave up. */
export function sqsDeadQueue(client: SQSClient, { actor, source, from, to }: SentBack): DeadQueue {
  const QueueUrl = from;
  const sendAll = sendAllTo(client, to);
  const pictureOf = (body = "") => {
    if (source !== undefined) return ofFile(source, body);
    return actor === "restore" ? ofOriginal(body) : ofObject(body);
  };
  const sendBack = async ({ Body = "" }: Message) => {
    await sendAll([Body]);
    return true;
  };

  return {
    actor,
    count: () => countOf(client, QueueUrl),
    async each(isWanted, really) {
      const wanted: (string | undefined)[] = [];
      await lookThrough(client, QueueUrl, async (message) => {
        const pictureId = pictureOf(message.Body);
        const fits = isWanted(pictureId);
        if (fits) wanted.push(pictureId);
        return fits && really && sendBack(message);
      });
      return wanted;
    },
  };
}

/** About how many messages may be received. */
export async function countOf(client: SQSClient, QueueUrl: string): Promise<number> {
  const AttributeNames = ["ApproximateNumberOfMessages" as const];
  const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }));
  return Number(Attributes?.ApproximateNumberOfMessages ?? 0);
}

/** Shows a queue's messages; those that `isDone` answers true for are deleted, and the others stay. */
export async function lookThrough(
  client: SQSClient,
  QueueUrl: string,
  isDone: (message: Message) => Promise<boolean>,
): Promise<void> {
  const asked = { QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: hidden, WaitTimeSeconds: 1 };
  const looked: Message[] = [];
  const show = ({ ReceiptHandle }: Message) =>
    client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
  try {
    for (let left = mostRounds; left > 0; left--) {
      const { Messages = [] } = await client.send(new ReceiveMessageCommand(asked));
      if (Messages.length === 0) break;
      for (const message of Messages)
        if (await isDone(message))
          await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
        else looked.push(message);
    }
  } finally {
    // Whoever looks next finds them at once.
    await Promise.all(looked.map(show));
  }
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
