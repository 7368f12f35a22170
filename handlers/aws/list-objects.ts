import { ListObjectsV2Command, type S3Client } from "@aws-sdk/client-s3";
import type { ListObjects } from "../ports.ts";

/** What lies in one S3 bucket. */
export const listObjectsOf =
  (client: S3Client, bucket: string): ListObjects =>
  async ({ prefix, after, limit }) => {
    const { Contents = [], IsTruncated } = await client.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, StartAfter: after, MaxKeys: limit }),
    );
    return {
      objects: Contents.map(({ Key = "", ETag = "", LastModified = new Date(0) }) => ({
        key: Key,
        etag: ETag,
        writtenAt: LastModified,
      })),
      more: IsTruncated === true,
    };
  };
