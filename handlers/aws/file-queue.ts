import { SendMessageBatchCommand, SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { FileVersion } from "../../providers/sources/types.ts";

/** What lies in a source's queue: files to fetch, and calls for a look. EventBridge's rule puts the same call there. */
export type Queued = FileVersion | typeof call;
const call = { poll: true } as const;
export const isCall = (queued: Queued): queued is typeof call => "poll" in queued;

/** SQS takes ten messages at a time. */
const batchSize = 10;

/** Puts files into a queue, a message each; returns once every one of them is there. */
export const enqueueTo = (client: SQSClient, queueUrl: string) => async (files: readonly FileVersion[]) => {
  for (let at = 0; at < files.length; at += batchSize) {
    const batch = files.slice(at, at + batchSize);
    const { Failed = [] } = await client.send(
      new SendMessageBatchCommand({
        QueueUrl: queueUrl,
        Entries: batch.map((file, index) => ({ Id: String(index), MessageBody: JSON.stringify(file) })),
      }),
    );
    if (Failed.length > 0)
      throw new Error(
        `QUEUE_REFUSED: expected ${batch.length} files to be queued, but ${Failed.length} were refused: ${Failed[0]?.Code} ${Failed[0]?.Message ?? ""}. The page is listed again.`,
      );
  }
};

/** Puts a call for a look into a queue, to be seen after so many seconds, at most 900. */
export const callBy =
  (client: SQSClient, queueUrl: string) =>
  async (delaySeconds = 0): Promise<void> => {
    await client.send(
      new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(call), DelaySeconds: delaySeconds }),
    );
  };
