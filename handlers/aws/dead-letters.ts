import { DeleteObjectCommand, GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { type DeadLetters, letterOf, type OwnActor } from "../dead-letters.ts";
import { listObjectsOf } from "./list-objects.ts";
import { orMissing } from "./object-store.ts";

/** The dead-letters bucket, to which Lambda writes. */
export function s3DeadLetters(client: S3Client, bucket: string, ownActors: readonly OwnActor[] = []): DeadLetters {
  const list = listObjectsOf(client, bucket);
  const read = async (key: string) => {
    const found = await orMissing(client.send(new GetObjectCommand({ Bucket: bucket, Key: key })));
    return found && letterOf(key, await found.Body!.transformToString(), ownActors);
  };
  return {
    async page({ after, limit }) {
      const { objects, more } = await list({ after, limit });
      const letters = await Promise.all(objects.map(({ key }) => read(key)));
      // Somebody else who redrives, or its last day, took what is not there any more.
      return {
        letters: letters.filter((letter) => letter !== undefined),
        next: more ? objects.at(-1)?.key : undefined,
      };
    },
    async remove(key) {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    },
  };
}
