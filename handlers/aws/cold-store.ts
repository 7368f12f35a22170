import {
  CopyObjectCommand,
  HeadObjectCommand,
  RestoreObjectCommand,
  type S3Client,
  S3ServiceException,
  type StorageClass,
  type Tier,
} from "@aws-sdk/client-s3";
import type { ColdStore } from "../cold-store.ts";
import { copied, copySource, orMissing } from "./object-store.ts";

/** One S3 bucket whose objects lie in an archive's storage class. */
export const s3ColdStore = (client: S3Client, bucket: string): ColdStore => ({
  bucket,
  async head(key) {
    const found = await orMissing(client.send(new HeadObjectCommand({ Bucket: bucket, Key: key })));
    // S3 says nothing of the class that is everybody's.
    return (
      found && {
        bytes: found.ContentLength ?? 0,
        etag: found.ETag ?? "",
        storageClass: found.StorageClass ?? "STANDARD",
      }
    );
  },
  keep: (from, key, storageClass) =>
    copied(
      client.send(
        new CopyObjectCommand({
          Bucket: bucket,
          Key: key,
          CopySource: copySource(from),
          CopySourceIfMatch: from.etag,
          StorageClass: storageClass as StorageClass,
        }),
      ),
    ),
  async thaw(key, { days, tier }) {
    const GlacierJobParameters = { Tier: `${tier[0]!.toUpperCase()}${tier.slice(1)}` as Tier };
    const asked = new RestoreObjectCommand({
      Bucket: bucket,
      Key: key,
      RestoreRequest: { Days: days, GlacierJobParameters },
    });
    try {
      const { $metadata } = await client.send(asked);
      // 202 where it begins, 200 where it is readable already: no event tells of that.
      return $metadata.httpStatusCode === 200 ? "readable" : "under way";
    } catch (error) {
      if (error instanceof S3ServiceException && error.name === "RestoreAlreadyInProgress") return "under way";
      // It lies in a class that is read like any other, as what S3 has not moved yet.
      if (error instanceof S3ServiceException && error.name === "InvalidObjectState") return "readable";
      throw error;
    }
  },
});
