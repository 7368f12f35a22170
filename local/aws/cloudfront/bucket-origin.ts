import type { PlainAnswer, PlainRequest } from "../../http.ts";
import { decoded } from "../../lambda/payload.ts";
import type { S3 } from "../s3/s3.ts";
import type { Identity } from "../types.ts";

export interface BucketOrigin {
  readonly s3: Pick<S3, "read">;
  readonly bucket: string;
  /** Of the distribution. */
  readonly arn: string;
  readonly account: string;
}

/** A private bucket, read with the distribution's ARN: what may be read is said by the bucket's own policy alone. */
export const fromBucket =
  ({ s3, bucket, arn, account }: BucketOrigin) =>
  async ({ method, url }: PlainRequest): Promise<PlainAnswer> => {
    if (method !== "GET" && method !== "HEAD") return refusal(403, "Access denied: a bucket is only to be read here.");
    const key = decoded((url.split("?", 1)[0] ?? "").slice(1));
    const found = await s3.read(bucket, key, cloudFront, { "aws:SourceArn": arn, "aws:SourceAccount": account });
    if (found === undefined || "denied" in found) return refusal(403, found?.denied ?? "There is nothing here.");
    const { headers, size, etag, lastModified } = found.meta;
    return {
      status: 200,
      headers: {
        ...headers,
        "content-length": String(size),
        etag: `"${etag}"`,
        "last-modified": new Date(lastModified).toUTCString(),
      },
      body: found.stream,
    };
  };

const cloudFront: Identity = { arn: "cloudfront.amazonaws.com", accessKeyId: "", secretAccessKey: "", policies: [] };

const refusal = (status: number, sentence: string): PlainAnswer => ({
  status,
  headers: { "content-type": "text/plain; charset=utf-8" },
  body: Buffer.from(`${sentence}\n`),
});
