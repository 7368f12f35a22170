import { nameOfVersion, quoted } from "./description.ts";
import { encoderOf, maxKeys, page } from "./list-objects.ts";
import { type Operation, permit } from "./server.ts";
import { document } from "./xml.ts";

/** Only the newest version of an object is kept, and no delete marker: each key has one entry. */
export const listVersions: Operation = (request, server) => {
  const { bucket, query } = request;
  const prefix = query.get("prefix") ?? "";
  const most = maxKeys(query.get("max-keys"));
  permit(server, request, "s3:ListBucketVersions", { bucket }, { "s3:prefix": prefix, "s3:max-keys": String(most) });
  const marker = query.get("key-marker") ?? "";
  const entries = page(bucket.store.keys(), { prefix, delimiter: "", after: marker, continued: true, most: most + 1 });
  const shown = entries.slice(0, most).map(({ name }) => bucket.store.get(name)!);
  const truncated = most > 0 && entries.length > most;
  const last = truncated ? shown.at(-1) : undefined;
  const encode = encoderOf(query.get("encoding-type"));
  const content = {
    Name: bucket.config.name,
    Prefix: encode(prefix),
    KeyMarker: encode(marker),
    VersionIdMarker: query.get("version-id-marker") ?? "",
    NextKeyMarker: last && encode(last.key),
    NextVersionIdMarker: last && nameOfVersion(last),
    MaxKeys: most,
    EncodingType: query.get("encoding-type") ?? undefined,
    IsTruncated: truncated,
    Version: shown.map((meta) => ({
      Key: encode(meta.key),
      VersionId: nameOfVersion(meta),
      IsLatest: true,
      LastModified: meta.lastModified,
      ETag: quoted(meta.etag),
      Size: meta.size,
      StorageClass: meta.storageClass,
    })),
  };
  return { status: 200, body: document("ListVersionsResult", content) };
};
