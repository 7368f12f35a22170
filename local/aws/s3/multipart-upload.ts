import { createHash } from "node:crypto";
import { bodyOf, checksumAlgorithm, lengthOf, textOf } from "./body.ts";
import { describe, quoted, versionOf } from "./description.ts";
import { S3Error } from "./errors.ts";
import { conditionsOf } from "./preconditions.ts";
import { type Operation, permit, type Server } from "./server.ts";
import type { S3Request } from "./types.ts";
import type { Part, Upload } from "./uploads.ts";
import { expectLength, permitWrite } from "./write-object.ts";
import { children, document, parse } from "./xml.ts";

export const createMultipartUpload: Operation = (request, server) => {
  const { bucket, key, headers } = request;
  permitWrite(request, server);
  const { id } = server.uploadsOf(bucket).begin(key, describe(headers));
  return {
    status: 200,
    headers: {
      "x-amz-checksum-algorithm": headers["x-amz-checksum-algorithm"],
      "x-amz-checksum-type": headers["x-amz-checksum-type"],
    },
    body: document("InitiateMultipartUploadResult", { Bucket: bucket.config.name, Key: key, UploadId: id }),
  };
};

export const uploadPart: Operation = async (request, server) => {
  const { bucket, headers, query } = request;
  permit(server, request, "s3:PutObject", request);
  if (headers["x-amz-copy-source"] !== undefined)
    throw new S3Error(
      "NotImplemented",
      "UploadPartCopy is not among the operations of this endpoint; upload the part's bytes.",
    );
  const number = Number(query.get("partNumber"));
  if (!Number.isInteger(number) || number < 1 || number > 10_000) {
    throw new S3Error("InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive", {
      ArgumentName: "partNumber",
      ArgumentValue: query.get("partNumber") ?? "",
    });
  }
  const upload = uploadOf(request, server);
  expectLength(headers);
  const body = bodyOf(request);
  const staged = await bucket.store.stage(body);
  server.uploadsOf(bucket).addPart(upload, { ...staged, number, lastModified: server.now().toISOString() });
  const checksum = body.checksum();
  return {
    status: 200,
    headers: {
      etag: quoted(staged.md5),
      ...(checksum && { [`x-amz-checksum-${checksum.algorithm}`]: checksum.value }),
    },
  };
};

export const completeMultipartUpload: Operation = async (request, server) => {
  const { bucket, key, headers } = request;
  const uploads = server.uploadsOf(bucket);
  permit(server, request, "s3:PutObject", request);
  if (headers["if-match"] !== undefined) permit(server, request, "s3:GetObject", request);
  if (checksumAlgorithm(headers))
    throw new S3Error(
      "NotImplemented",
      "A checksum of the whole object is not checked here; send the parts' checksums alone.",
    );
  const text = await textOf(request);
  const upload = uploadOf(request, server);
  const parts = chosen(upload, children(parse(text, "CompleteMultipartUpload"), "Part"));
  const meta = await uploads.holding(upload, async () => {
    const staged = await bucket.store.stage(uploads.read(parts));
    const md5s = createHash("md5").update(Buffer.from(parts.map(({ md5 }) => md5).join(""), "hex"));
    const etag = `${md5s.digest("hex")}-${parts.length}`;
    const { description } = upload;
    const committed = bucket.store.commit({
      key,
      staged,
      description,
      etag,
      reason: "CompleteMultipartUpload",
      conditions: conditionsOf(headers),
    });
    uploads.end(upload);
    return committed;
  });
  return {
    status: 200,
    headers: { ...versionOf(meta), "x-amz-server-side-encryption": "AES256" },
    body: document("CompleteMultipartUploadResult", {
      Location: `/${bucket.config.name}/${key}`,
      Bucket: bucket.config.name,
      Key: key,
      ETag: quoted(meta.etag),
    }),
  };
};

export const abortMultipartUpload: Operation = (request, server) => {
  permit(server, request, "s3:AbortMultipartUpload", request);
  server.uploadsOf(request.bucket).end(uploadOf(request, server));
  return { status: 204 };
};

export const listParts: Operation = (request, server) => {
  const { bucket, key, query } = request;
  permit(server, request, "s3:ListMultipartUploadParts", request);
  const { id, parts } = uploadOf(request, server);
  const most = Math.min(
    query.has("max-parts") ? lengthOf({ "max-parts": query.get("max-parts")! }, "max-parts") : 1000,
    1000,
  );
  const after = Number(query.get("part-number-marker") ?? 0);
  const rest = parts.filter(({ number }) => number > after);
  const shown = rest.slice(0, most);
  const content = {
    Bucket: bucket.config.name,
    Key: key,
    UploadId: id,
    PartNumberMarker: after,
    NextPartNumberMarker: shown.at(-1)?.number ?? 0,
    MaxParts: most,
    IsTruncated: rest.length > shown.length,
    Part: shown.map(({ number, size, md5, lastModified }) => ({
      PartNumber: number,
      LastModified: lastModified,
      ETag: quoted(md5),
      Size: size,
    })),
  };
  return { status: 200, body: document("ListPartsResult", content) };
};

const LEAST_PART = 5 * 1024 * 1024;

const uploadOf = ({ bucket, key, query }: S3Request, server: Server): Upload =>
  server.uploadsOf(bucket).get(key, query.get("uploadId") ?? "");

/** The parts the caller names, in its order. @throws S3Error */
function chosen(upload: Upload, named: readonly Record<string, unknown>[]): Part[] {
  if (named.length === 0) throw new S3Error("MalformedXML", "Expected at least one part.");
  const numbers = named.map(({ PartNumber }) => Number(PartNumber));
  if (numbers.some((number, at) => at > 0 && number <= numbers[at - 1]!)) {
    throw new S3Error(
      "InvalidPartOrder",
      "The list of parts was not in ascending order. Parts must be ordered by part number.",
    );
  }
  const parts = named.map(({ ETag }, at) => {
    const part = upload.parts.find(({ number }) => number === numbers[at]);
    if (part && part.md5 === String(ETag).replaceAll('"', "")) return part;
    throw new S3Error(
      "InvalidPart",
      "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
      { PartNumber: numbers[at]! },
    );
  });
  const small = parts.slice(0, -1).find(({ size }) => size < LEAST_PART);
  if (small)
    throw new S3Error("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size", {
      ProposedSize: small.size,
      MinSizeAllowed: LEAST_PART,
      PartNumber: small.number,
    });
  return parts;
}
