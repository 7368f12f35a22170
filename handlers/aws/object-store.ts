import type { Readable } from "node:stream";
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import type { ObjectStore } from "../ports.ts";

/** One S3 bucket. */
export function s3Store(client: S3Client, bucket: string): ObjectStore {
  async function get(key: string) {
    return orMissing(client.send(new GetObjectCommand({ Bucket: bucket, Key: key })));
  }
  async function removeVersions(found: readonly { readonly Key?: string; readonly VersionId?: string }[]) {
    const Objects = found.map(({ Key, VersionId }) => ({ Key, VersionId }));
    const { Errors = [] } = await client.send(
      new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }),
    );
    if (Errors.length > 0)
      throw new Error(
        `NOT_REMOVED: expected ${Objects.length} objects of ${bucket} to be deleted, but ${Errors.length} were not: ${Errors[0]?.Key} ${Errors[0]?.Code} ${Errors[0]?.Message ?? ""}. The next delivery tries again.`,
      );
  }
  return {
    bucket,
    async head(key) {
      const found = await orMissing(client.send(new HeadObjectCommand({ Bucket: bucket, Key: key })));
      return (
        found && {
          bytes: found.ContentLength ?? 0,
          etag: found.ETag ?? "",
          contentType: found.ContentType ?? "application/octet-stream",
          metadata: found.Metadata ?? {},
        }
      );
    },
    async read(key, maxBytes) {
      const found = await get(key);
      if (found === undefined) return undefined;
      const body = found.Body as Readable;
      if ((found.ContentLength ?? 0) > maxBytes) {
        body.destroy();
        throw new Error(
          `TOO_LARGE: expected at most ${maxBytes} bytes at ${key} in ${bucket}, received ${found.ContentLength}.`,
        );
      }
      // S3 sends exactly ContentLength bytes or fails, so the check above bounds what is held.
      return Buffer.from(await found.Body!.transformToByteArray());
    },
    async open(key) {
      return (await get(key))?.Body as Readable | undefined;
    },
    async write(key, body, { contentType, cacheControl }) {
      await client.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: key,
          Body: body,
          ContentType: contentType,
          CacheControl: cacheControl,
        }),
      );
    },
    async upload(key, body, { contentType, cacheControl, metadata }) {
      const Metadata = Object.fromEntries(
        Object.entries(metadata).map(([name, value]) => [name, encodeURIComponent(value)]),
      );
      const params = {
        Bucket: bucket,
        Key: key,
        Body: body,
        ContentType: contentType,
        CacheControl: cacheControl,
        Metadata,
      };
      // Two parts of 8 MB are held at most, however long the stream is.
      await new Upload({ client, params, queueSize: 2, partSize: 8 * 1024 * 1024 }).done();
    },
    async copy(from, key) {
      return copied(
        // The uploader's metadata stays behind: nothing of theirs belongs on our copy.
        client.send(
          new CopyObjectCommand({
            Bucket: bucket,
            Key: key,
            CopySource: copySource(from),
            CopySourceIfMatch: from.etag,
            MetadataDirective: "REPLACE",
            ContentType: "application/octet-stream",
          }),
        ),
      );
    },
    async remove(key) {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    },
    async removeAll(prefix) {
      for (let more = true; more; ) {
        // A page holds at most a thousand, which is also the most that one request deletes.
        const page = await client.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: prefix }));
        const found = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])];
        if (found.length > 0) await removeVersions(found);
        more = page.IsTruncated === true;
      }
    },
  };
}

/** As S3 wants the source of a copy named. */
export const copySource = ({ bucket, key }: { readonly bucket: string; readonly key: string }) =>
  `${bucket}/${key.split("/").map(encodeURIComponent).join("/")}`;

/** True when a copy was made, false when its source is gone or changed. */
export async function copied(copy: Promise<unknown>): Promise<boolean> {
  try {
    await copy;
    return true;
  } catch (error) {
    if (error instanceof S3ServiceException && (error.name === "PreconditionFailed" || error.name === "NoSuchKey"))
      return false;
    throw error;
  }
}

/** "Missing" is a missing key alone: a missing bucket or permission throws. */
export async function orMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof S3ServiceException && (error.name === "NoSuchKey" || error.name === "NotFound"))
      return undefined;
    throw error;
  }
}
