import { SendMessageBatchCommand, type SQSClient } from "@aws-sdk/client-sqs";

/** SQS takes ten messages at a time. */
const batchSize = 10;

/** Puts texts into a queue, a message each, to be seen after so many seconds; returns once every one of them is there. */
export const sendAllTo =
  (client: SQSClient, queueUrl: string) =>
  async (bodies: readonly string[], delaySeconds = 0) => {
    for (let at = 0; at < bodies.length; at += batchSize) {
      const batch = bodies.slice(at, at + batchSize);
      const { Failed = [] } = await client.send(
        new SendMessageBatchCommand({
          QueueUrl: queueUrl,
          Entries: batch.map((body, index) => ({ Id: String(index), MessageBody: body, DelaySeconds: delaySeconds })),
        }),
      );
      if (Failed.length > 0)
        throw new Error(
          `QUEUE_REFUSED: expected ${batch.length} messages to be queued, but ${Failed.length} were refused: ${Failed[0]?.Code} ${Failed[0]?.Message ?? ""}. The next try sends them again.`,
        );
    }
  };
