import { randomUUID } from "node:crypto";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { FunctionConfig } from "../lambda/types.ts";

/** As Lambda does it: with the function's own role, under Lambda's own kind of key. */
export async function putDeadLetter(
  { identity: { accessKeyId, secretAccessKey }, region }: FunctionConfig,
  endpoint: string,
  destinationArn: string,
  record: unknown,
  key: string,
): Promise<void> {
  const client = new S3Client({
    region,
    endpoint,
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
  });
  try {
    const Bucket = destinationArn.split(":::")[1];
    const Body = JSON.stringify(record);
    await client.send(new PutObjectCommand({ Bucket, Key: key, Body, ContentType: "application/json" }));
  } finally {
    client.destroy();
  }
}

/** As Lambda names what it could not do asynchronously. */
export const asyncFailureKey = (name: string) => `aws/lambda/async/${name}/${new Date().toISOString()}-${randomUUID()}`;
