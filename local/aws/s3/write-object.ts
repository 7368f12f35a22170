import { bodyOf, lengthOf } from "./body.ts";
import { describe, isArchived, quoted, storageClassOf, writtenHeaders } from "./description.ts";
import { S3Error } from "./errors.ts";
import { conditionsOf, expectCopyable } from "./preconditions.ts";
import { expectVersion } from "./read-object.ts";
import { missing, type Operation, permit, type Server } from "./server.ts";
import type { Bucket, Description, ObjectMeta, S3Request } from "./types.ts";
import { document } from "./xml.ts";

export const putObject: Operation = async (request, server) => {
  const { bucket, key, headers } = request;
  permitWrite(request, server);
  const description = describe(headers);
  expectLength(headers);
  const body = bodyOf(request);
  const staged = await bucket.store.stage(body);
  const meta = bucket.store.commit({
    key,
    staged,
    description,
    checksum: body.checksum(),
    reason: "PutObject",
    conditions: conditionsOf(headers),
  });
  return { status: 200, headers: writtenHeaders(meta) };
};

export const copyObject: Operation = async (request, server) => {
  const { bucket, key, headers } = request;
  const from = sourceOf(headers["x-amz-copy-source"] ?? "", server);
  permit(server, request, from.versionId === undefined ? "s3:GetObject" : "s3:GetObjectVersion", from);
  permitWrite(request, server);
  const source = from.bucket.store.get(from.key);
  if (!source) throw missing(server, request, from);
  expectVersion(source, from.versionId);
  expectCopyable(source, headers);
  if (isArchived(source, server.now()))
    throw new S3Error("InvalidObjectState", "Operation is not valid for the source object's storage class", {
      StorageClass: source.storageClass,
    });
  const description = copiedDescription(source, headers);
  if (
    bucket === from.bucket &&
    key === from.key &&
    headers["x-amz-metadata-directive"] !== "REPLACE" &&
    description.storageClass === source.storageClass
  ) {
    throw new S3Error(
      "InvalidRequest",
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata or storage class.",
    );
  }
  if (Object.keys(source.tags).length > 0 && headers["x-amz-tagging-directive"] !== "REPLACE") {
    permit(server, request, "s3:GetObjectTagging", from);
    permit(server, request, "s3:PutObjectTagging", request);
  }
  const staged = await bucket.store.stage(from.bucket.store.open(source));
  const meta = bucket.store.commit({
    key,
    staged,
    description,
    checksum: source.checksum,
    reason: "CopyObject",
    conditions: conditionsOf(headers),
  });
  return {
    status: 200,
    headers: { ...writtenHeaders(meta), etag: undefined, "x-amz-copy-source-version-id": source.versionId },
    body: document("CopyObjectResult", { ETag: quoted(meta.etag), LastModified: meta.lastModified }),
  };
};

/** Writing needs more rights when the request also tags, or looks at what it replaces. @throws S3Error */
export function permitWrite(request: S3Request, server: Server): void {
  permit(server, request, "s3:PutObject", request);
  if (request.headers["x-amz-tagging"] !== undefined) permit(server, request, "s3:PutObjectTagging", request);
  if (request.headers["if-match"] !== undefined) permit(server, request, "s3:GetObject", request);
}

/** S3 takes no body of unknown length. @throws S3Error */
export function expectLength(headers: S3Request["headers"]): void {
  const chunked = headers["x-amz-content-sha256"]?.startsWith("STREAMING-");
  const length = lengthOf(headers, chunked ? "x-amz-decoded-content-length" : "content-length");
  if (length > MOST)
    throw new S3Error("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size", {
      ProposedSize: length,
      MaxSizeAllowed: MOST,
    });
}

const MOST = 5 * 1024 ** 3;

interface Source {
  readonly bucket: Bucket;
  readonly key: string;
  readonly versionId?: string;
}

/** `/bucket/key?versionId=…`, percent-encoded once. @throws S3Error */
function sourceOf(header: string, { buckets }: Server): Source {
  const [path = "", versionId] = header.replace(/^\//, "").split("?versionId=");
  const [name = "", key = ""] = path.split(/\/(.*)/s);
  const bucket = buckets.get(name);
  if (!bucket) throw new S3Error("NoSuchBucket", "The specified bucket does not exist", { BucketName: name });
  try {
    return { bucket, key: decodeURIComponent(key), versionId };
  } catch {
    throw new S3Error("InvalidArgument", "Expected a percent-encoded bucket/key as copy source.", {
      ArgumentName: "x-amz-copy-source",
      ArgumentValue: header,
    });
  }
}

/** The storage class is never taken over from the source; the rest is, unless the request replaces it. */
function copiedDescription(source: ObjectMeta, headers: S3Request["headers"]): Description {
  const fresh = describe(headers);
  const described = directive(headers, "x-amz-metadata-directive") === "REPLACE" ? fresh : source;
  const tags = directive(headers, "x-amz-tagging-directive") === "REPLACE" ? fresh.tags : source.tags;
  return { headers: described.headers, metadata: described.metadata, tags, storageClass: storageClassOf(headers) };
}

function directive(headers: S3Request["headers"], name: string): "COPY" | "REPLACE" {
  const value = headers[name] ?? "COPY";
  if (value === "COPY" || value === "REPLACE") return value;
  throw new S3Error("InvalidArgument", `Expected COPY or REPLACE as ${name}, received "${value}".`);
}
