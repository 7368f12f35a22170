import { asHeader, checksumOf, headersOf, isArchived, nameOfVersion } from "./description.ts";
import { S3Error } from "./errors.ts";
import { conditionsOf, notModified } from "./preconditions.ts";
import { missing, type Operation, permit, type Server } from "./server.ts";
import type { ObjectMeta, S3Request } from "./types.ts";

export const getObject: Operation = (request, server) => {
  const meta = readable(request, server);
  if (isArchived(meta, server.now())) {
    throw new S3Error("InvalidObjectState", "The operation is not valid for the object's storage class", {
      StorageClass: meta.storageClass,
    });
  }
  const headers = { ...headersOf(meta), ...overrides(request.query) };
  if (notModified(meta, conditionsOf(request.headers))) return { status: 304, headers: { etag: headers.etag } };
  const range = rangeOf(request.headers.range, meta.size);
  if (range === undefined) {
    return {
      status: 200,
      headers: { ...headers, ...asked(request, meta), "content-length": String(meta.size) },
      body: request.bucket.store.open(meta),
    };
  }
  const { start, end } = range;
  const partial = { "content-length": String(end - start + 1), "content-range": `bytes ${start}-${end}/${meta.size}` };
  return { status: 206, headers: { ...headers, ...partial }, body: request.bucket.store.open(meta, range) };
};

export const headObject: Operation = (request, server) => {
  const meta = readable(request, server);
  if (notModified(meta, conditionsOf(request.headers))) return { status: 304, headers: headersOf(meta) };
  return { status: 200, headers: { ...headersOf(meta), ...asked(request, meta), "content-length": String(meta.size) } };
};

export const headBucket: Operation = (request, server) => {
  permit(server, request, "s3:ListBucket", { bucket: request.bucket });
  return { status: 200 };
};

/** The object this request names, once its caller may read it. @throws S3Error */
function readable(request: S3Request, server: Server): ObjectMeta {
  const { bucket, key, query } = request;
  const versionId = query.get("versionId") ?? undefined;
  permit(server, request, versionId === undefined ? "s3:GetObject" : "s3:GetObjectVersion", request);
  const meta = bucket.store.get(key);
  if (!meta) throw missing(server, request, request);
  return expectVersion(meta, versionId);
}

/** @throws S3Error `NoSuchVersion`: only the newest version is kept. */
export function expectVersion(meta: ObjectMeta, versionId: string | undefined): ObjectMeta {
  if (versionId === undefined || versionId === nameOfVersion(meta)) return meta;
  throw new S3Error("NoSuchVersion", "The specified version does not exist.", { Key: meta.key, VersionId: versionId });
}

/** One range of bytes; undefined where the whole object is meant. @throws S3Error `InvalidRange` */
function rangeOf(header: string | undefined, size: number): { start: number; end: number } | undefined {
  const [, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (first === "" && last === "") return undefined;
  const start = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === "" || last === "" ? size - 1 : Math.min(Number(last), size - 1);
  if (first !== "" && last !== "" && Number(last) < start) return undefined;
  if (start >= size)
    throw new S3Error("InvalidRange", "The requested range is not satisfiable", {
      RangeRequested: header ?? "",
      ActualObjectSize: size,
    });
  return { start, end };
}

const asked = ({ headers }: S3Request, meta: ObjectMeta) =>
  headers["x-amz-checksum-mode"]?.toUpperCase() === "ENABLED" ? checksumOf(meta) : {};

/** `response-content-type` and its like, which presigned URLs use to name a download. @throws S3Error `InvalidArgument` */
function overrides(query: URLSearchParams): Record<string, string> {
  const given = [...query].filter(([name]) => name.startsWith("response-"));
  return Object.fromEntries(given.map(([name, value]) => asHeader([name.slice("response-".length), value])));
}
