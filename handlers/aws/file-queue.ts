import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { FileVersion } from "../../providers/sources/types.ts";
import { sendAllTo } from "./send-all.ts";

/** What lies in a source's queue: files to fetch, and calls for a look. EventBridge's rule puts the same call there. */
export type Queued = FileVersion | typeof call;
const call = { poll: true } as const;
export const isCall = (queued: Queued): queued is typeof call => "poll" in queued;

/** Puts files into a queue, a message each; returns once every one of them is there. */
export const enqueueTo = (client: SQSClient, queueUrl: string) => {
  const sendAll = sendAllTo(client, queueUrl);
  return (files: readonly FileVersion[]) => sendAll(files.map((file) => JSON.stringify(file)));
};

/** Puts a call for a look into a queue, to be seen after so many seconds, at most 900. */
export const callBy =
  (client: SQSClient, queueUrl: string) =>
  async (delaySeconds = 0): Promise<void> => {
    await client.send(
      new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(call), DelaySeconds: delaySeconds }),
    );
  };
