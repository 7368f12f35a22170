import { quoted } from "./description.ts";
import { S3Error } from "./errors.ts";
import { type Operation, permit } from "./server.ts";
import type { ObjectMeta } from "./types.ts";
import { document } from "./xml.ts";

export const listObjects: Operation = (request, server) => {
  const { bucket, query } = request;
  const prefix = query.get("prefix") ?? "";
  const delimiter = query.get("delimiter") ?? "";
  const most = maxKeys(query.get("max-keys"));
  permit(
    server,
    request,
    "s3:ListBucket",
    { bucket },
    { "s3:prefix": prefix, "s3:max-keys": String(most), ...(delimiter && { "s3:delimiter": delimiter }) },
  );

  const token = query.get("continuation-token") ?? undefined;
  const startAfter = query.get("start-after") ?? undefined;
  const after = token === undefined ? (startAfter ?? "") : fromToken(token);
  const entries = page(bucket.store.keys(), {
    prefix,
    delimiter,
    after,
    continued: token !== undefined,
    most: most + 1,
  });
  const shown = entries.slice(0, most);
  const truncated = most > 0 && entries.length > most;
  const encode = encoderOf(query.get("encoding-type"));
  const objects = shown.filter(({ group }) => !group).map(({ name }) => bucket.store.get(name)!);

  const content = {
    Name: bucket.config.name,
    Prefix: encode(prefix),
    Delimiter: delimiter ? encode(delimiter) : undefined,
    MaxKeys: most,
    EncodingType: query.get("encoding-type") ?? undefined,
    KeyCount: shown.length,
    IsTruncated: truncated,
    ContinuationToken: token,
    StartAfter: startAfter === undefined ? undefined : encode(startAfter),
    NextContinuationToken: truncated ? toToken(shown.at(-1)!.name) : undefined,
    Contents: objects.map((meta) => contents(meta, encode)),
    CommonPrefixes: shown.filter(({ group }) => group).map(({ name }) => ({ Prefix: encode(name) })),
  };
  return { status: 200, body: document("ListBucketResult", content) };
};

interface Entry {
  readonly name: string;
  /** A common prefix, not an object. */
  readonly group: boolean;
}

interface Wanted {
  readonly prefix: string;
  readonly delimiter: string;
  /** The last name of the page before, or where the caller wants to begin. */
  readonly after: string;
  readonly continued: boolean;
  readonly most: number;
}

export function page(keys: readonly string[], { prefix, delimiter, after, continued, most }: Wanted): Entry[] {
  const entries: Entry[] = [];
  const start = Buffer.from(after);
  for (const key of keys) {
    if (!key.startsWith(prefix) || Buffer.compare(Buffer.from(key), start) <= 0) continue;
    const end = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
    const entry = end < 0 ? { name: key, group: false } : { name: key.slice(0, end + delimiter.length), group: true };
    if (entry.group && (entry.name === entries.at(-1)?.name || (continued && entry.name === after))) continue;
    if (entries.length === most) break;
    entries.push(entry);
  }
  return entries;
}

const contents = (meta: ObjectMeta, encode: (key: string) => string) => ({
  Key: encode(meta.key),
  LastModified: meta.lastModified,
  ETag: quoted(meta.etag),
  Size: meta.size,
  StorageClass: meta.storageClass,
  ChecksumAlgorithm: meta.checksum?.algorithm.toUpperCase(),
});

export function maxKeys(value: string | null): number {
  if (value === null) return 1000;
  if (/^\d{1,9}$/.test(value)) return Math.min(Number(value), 1000);
  throw new S3Error("InvalidArgument", "Provided max-keys not an integer or within integer range", {
    ArgumentName: "max-keys",
    ArgumentValue: value,
  });
}

export function encoderOf(type: string | null): (key: string) => string {
  if (type === null) return (key) => key;
  if (type === "url") return (key) => encodeURIComponent(key).replaceAll("%2F", "/");
  throw new S3Error("InvalidArgument", "Invalid Encoding Method specified in Request", {
    ArgumentName: "encoding-type",
    ArgumentValue: type,
  });
}

const toToken = (name: string) => Buffer.from(`1${name}`).toString("base64url");

function fromToken(token: string): string {
  const name = Buffer.from(token, "base64url").toString();
  if (name.startsWith("1")) return name.slice(1);
  throw new S3Error("InvalidArgument", "The continuation token provided is incorrect", {
    ArgumentName: "continuation-token",
  });
}
