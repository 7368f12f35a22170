import { DeleteObjectCommand, GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { type DeadLetters, letterOf } from "../dead-letters.ts";
import { listObjectsOf } from "./list-objects.ts";

/** The dead-letters bucket, to which Lambda writes. */
export function s3DeadLetters(client: S3Client, bucket: string): DeadLetters {
  const list = listObjectsOf(client, bucket);
  const read = async (key: string) => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return letterOf(key, await Body!.transformToString());
  };
  return {
    async page({ after, limit }) {
      const { objects, more } = await list({ after, limit });
      const letters = await Promise.all(objects.map(({ key }) => read(key)));
      return { letters, next: more ? objects.at(-1)?.key : undefined };
    },
    async remove(key) {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    },
  };
}
