import type { SQSClient } from "@aws-sdk/client-sqs";
import { sendAllTo } from "./send-all.ts";

/** What EventBridge says of a new object, as far as it is used. */
export interface ObjectCreated {
  readonly detail?: {
    readonly bucket?: { readonly name?: string };
    readonly object?: { readonly key?: string; readonly etag?: string };
  };
}

/** Tells ingest's queue of objects of a bucket, in EventBridge's shape, to be seen after so many seconds. */
export const announceTo = (client: SQSClient, queueUrl: string, bucket: string) => {
  const sendAll = sendAllTo(client, queueUrl);
  return (keys: readonly string[], delaySeconds?: number) =>
    sendAll(
      keys.map((key) =>
        JSON.stringify({
          source: "darkroom",
          "detail-type": "Object Created",
          detail: { bucket: { name: bucket }, object: { key } },
        } satisfies ObjectCreated & Record<string, unknown>),
      ),
      delaySeconds,
    );
};
