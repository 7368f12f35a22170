import { S3Error } from "./errors.ts";
import { restorationState } from "./restorations.ts";
import type { Description, ObjectMeta, S3Request } from "./types.ts";

/** Reads what the request's headers, or a form's fields, say of the object. @throws S3Error */
export function describe(headers: S3Request["headers"]): Description {
  const present = Object.entries(headers).filter((header): header is [string, string] => header[1] !== undefined);
  return {
    headers: Object.fromEntries([
      ["content-type", headers["content-type"] || "binary/octet-stream"],
      ...present.filter(([name]) => KEPT.has(name)),
      ...encodingOf(headers),
    ]),
    metadata: metadataOf(present),
    tags: tagsOfHeader(headers["x-amz-tagging"] ?? ""),
    storageClass: storageClassOf(headers),
  };
}

/** The answer's headers for an object, without its length. */
export function headersOf(meta: ObjectMeta): Record<string, string | undefined> {
  const tags = Object.keys(meta.tags).length;
  return {
    ...meta.headers,
    ...Object.fromEntries(Object.entries(meta.metadata).map(([name, value]) => [META + name, value])),
    ...versionOf(meta),
    etag: quoted(meta.etag),
    "last-modified": new Date(meta.lastModified).toUTCString(),
    "accept-ranges": "bytes",
    "x-amz-server-side-encryption": "AES256",
    "x-amz-storage-class": meta.storageClass === "STANDARD" ? undefined : meta.storageClass,
    "x-amz-restore": restoreHeader(meta),
    "x-amz-replication-status": meta.replication,
    "x-amz-tagging-count": tags === 0 ? undefined : String(tags),
  };
}

/** What S3 answers to every write of an object. */
export function writtenHeaders(meta: ObjectMeta): Record<string, string | undefined> {
  return { ...versionOf(meta), ...checksumOf(meta), etag: quoted(meta.etag), "x-amz-server-side-encryption": "AES256" };
}

export const checksumOf = ({ checksum }: ObjectMeta): Record<string, string> =>
  checksum ? { [`x-amz-checksum-${checksum.algorithm}`]: checksum.value, "x-amz-checksum-type": "FULL_OBJECT" } : {};

export const versionOf = ({ versionId }: Pick<ObjectMeta, "versionId">) => ({ "x-amz-version-id": versionId });

/** What asks for this version by name; in a bucket without versions, the one there is. */
export const nameOfVersion = ({ versionId }: Pick<ObjectMeta, "versionId">) => versionId ?? "null";

export const quoted = (etag: string) => `"${etag}"`;

/** @throws S3Error `InvalidStorageClass` */
export function storageClassOf(headers: S3Request["headers"]): string {
  const storageClass = headers["x-amz-storage-class"] ?? "STANDARD";
  if (STORAGE_CLASSES.has(storageClass)) return storageClass;
  throw new S3Error("InvalidStorageClass", "The storage class you specified is not valid", {
    StorageClassRequested: storageClass,
  });
}

/** Whether its storage class is one from which bytes must be restored before they can be read. */
export const isCold = ({ storageClass }: Pick<Description, "storageClass">) =>
  storageClass === "GLACIER" || storageClass === "DEEP_ARCHIVE";

/** Whether it is in such a class, and not restored. */
export const isArchived = (meta: ObjectMeta, now: Date) => isCold(meta) && restorationState(meta, now) !== "readable";

const restoreHeader = ({ restoration }: ObjectMeta) => {
  if (restoration === undefined) return undefined;
  const { until } = restoration;
  return until === undefined
    ? 'ongoing-request="true"'
    : `ongoing-request="false", expiry-date="${new Date(until).toUTCString()}"`;
};

/** @throws S3Error `InvalidArgument` or `InvalidTag` */
export function tagsOfHeader(header: string): Record<string, string> {
  return checkedTags([...new URLSearchParams(header)]);
}

/** @throws S3Error `InvalidTag` */
export function checkedTags(pairs: readonly (readonly [string, string])[]): Record<string, string> {
  if (pairs.length > 10) throw new S3Error("InvalidTag", "Object tags cannot be greater than 10");
  for (const [name, value] of pairs) {
    if (name.length < 1 || name.length > 128)
      throw new S3Error("InvalidTag", "The TagKey you have provided is invalid");
    if (value.length > 256) throw new S3Error("InvalidTag", "The TagValue you have provided is invalid");
  }
  if (new Set(pairs.map(([name]) => name)).size < pairs.length)
    throw new S3Error("InvalidTag", "Cannot provide multiple Tags with the same key");
  return Object.fromEntries(pairs);
}

/**
 * A header whose name or value did not come as one, made fit to be sent: UTF-8, in the form Node wants its bytes.
 * @throws S3Error `InvalidArgument` where it could end the header or begin another
 */
export function asHeader([name, value]: readonly [string, string]): [string, string] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/^[\w!#$%&'*+.^`|~-]+$/.test(name) && !/[\x00-\x08\x0a-\x1f\x7f]/.test(value)) {
    return [name, Buffer.from(value).toString("latin1")];
  }
  throw new S3Error("InvalidArgument", "Expected a header's name and value, without control characters.", {
    ArgumentName: name,
  });
}

const META = "x-amz-meta-";
const KEPT = new Set(["cache-control", "content-disposition", "content-language", "expires"]);
const STORAGE_CLASSES = new Set([
  "STANDARD",
  "REDUCED_REDUNDANCY",
  "STANDARD_IA",
  "ONEZONE_IA",
  "INTELLIGENT_TIERING",
  "GLACIER",
  "GLACIER_IR",
  "DEEP_ARCHIVE",
]);

/** `aws-chunked` tells how the request was sent, not what the object is. */
function encodingOf(headers: S3Request["headers"]): [string, string][] {
  const codings = (headers["content-encoding"] ?? "").split(",").map((coding) => coding.trim());
  const kept = codings.filter((coding) => coding !== "" && coding !== "aws-chunked");
  return kept.length === 0 ? [] : [["content-encoding", kept.join(",")]];
}

function metadataOf(headers: readonly [string, string][]): Record<string, string> {
  const pairs = headers
    .filter(([name]) => name.startsWith(META))
    .map(([name, value]) => [name.slice(META.length), value] as const);
  const size = pairs.reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value), 0);
  if (size > 2048)
    throw new S3Error("MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size", {
      Size: size,
      MaxSizeAllowed: 2048,
    });
  return Object.fromEntries(pairs);
}
