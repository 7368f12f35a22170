import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListPartsCommand,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { createPresignedPost } from "@aws-sdk/s3-presigned-post";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import type { UploadSigner } from "../api/upload-types.ts";

const expiresIn = 600;

/**
 * Signs uploads to one bucket. The client is one with `requestChecksumCalculation: "WHEN_REQUIRED"`:
 * else the SDK would sign the checksum of a body that it has not got.
 */
export function uploadSigner(client: S3Client, bucket: string): UploadSigner {
  const at = (Key: string, UploadId: string) => ({ Bucket: bucket, Key, UploadId });
  return {
    form: ({ key, type, bytes, metadata }) =>
      createPresignedPost(client, {
        Bucket: bucket,
        Key: key,
        Expires: expiresIn,
        Fields: { "Content-Type": type, ...headersOf(metadata) },
        Conditions: [["content-length-range", bytes, bytes]],
      }),
    async create({ key, type, metadata }) {
      const headers = { "content-type": type, ...headersOf(metadata) };
      const command = new CreateMultipartUploadCommand({
        Bucket: bucket,
        Key: key,
        ContentType: type,
        Metadata: { ...metadata },
      });
      // As headers that are signed and not in the address, which is where S3 documents them.
      const url = await getSignedUrl(client, command, {
        expiresIn,
        // The SDK leaves it out of signatures unless it is told.
        signableHeaders: new Set(["content-type"]),
        unhoistableHeaders: new Set(Object.keys(headers)),
      });
      return { url, headers };
    },
    async part(key, uploadId, PartNumber, ContentLength) {
      // The length is signed too: whoever sends another number of bytes needs another signature.
      const command = new UploadPartCommand({ ...at(key, uploadId), PartNumber, ContentLength });
      return { url: await getSignedUrl(client, command, { expiresIn }) };
    },
    list: async (key, uploadId) => ({
      url: await getSignedUrl(client, new ListPartsCommand(at(key, uploadId)), { expiresIn }),
    }),
    complete: async (key, uploadId) => ({
      url: await getSignedUrl(client, new CompleteMultipartUploadCommand(at(key, uploadId)), { expiresIn }),
    }),
    abort: async (key, uploadId) => ({
      url: await getSignedUrl(client, new AbortMultipartUploadCommand(at(key, uploadId)), { expiresIn }),
    }),
  };
}

const headersOf = (metadata: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(metadata).map(([name, value]) => [`x-amz-meta-${name}`, value]));
