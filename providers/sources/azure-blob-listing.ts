import type { BlobItem, ContainerClient } from "@azure/storage-blob";
import { type PictureRules, skipOf } from "./pictures.ts";
import type { Change, FileVersion } from "./types.ts";

export interface Listing {
  readonly blobs: readonly BlobItem[];
  /** When the service answered. */
  readonly at: number;
  readonly next?: string;
}

/** One page of the container's names, in their order. */
export async function listed(
  client: ContainerClient,
  { prefix, marker, pageSize }: { readonly prefix?: string; readonly marker?: string; readonly pageSize: number },
): Promise<Listing> {
  const { value } = await client
    .listBlobsFlat({ prefix, abortSignal: AbortSignal.timeout(LIST_MS) })
    .byPage({ continuationToken: marker, maxPageSize: pageSize })
    .next();
  return {
    blobs: value.segment.blobItems,
    at: (value.date ?? new Date()).getTime(),
    next: value.continuationToken || undefined,
  };
}

/** A copy that ends and a blob that comes back from the archive keep the time they were last written. */
export const changedAt = ({ properties: { lastModified, copyCompletedOn, accessTierChangedOn } }: BlobItem) =>
  Math.max(...[lastModified, copyCompletedOn, accessTierChangedOn].map((time) => time?.getTime() ?? 0));

export function toChange(blob: BlobItem, rules: PictureRules): Change {
  const { copyStatus, accessTier } = blob.properties;
  const file = toFile(blob);
  const pending = copyStatus === "pending";
  const reason =
    skipOf(pending ? { ...file, size: undefined } : file, rules) ??
    (pending ? "unsettled" : accessTier === "Archive" ? "archived" : undefined);
  return reason ? { kind: "skip", path: blob.name, reason } : { kind: "upsert", file };
}

function toFile({ name, properties }: BlobItem): FileVersion {
  const { contentMD5, blobType, etag, contentLength, contentType, lastModified } = properties;
  // Blobs that are written in place keep the MD5 they were made with.
  const md5 =
    blobType === "BlockBlob" && contentMD5?.length === 16 ? Buffer.from(contentMD5).toString("hex") : undefined;
  return {
    id: name,
    // The ETag changes with the metadata too.
    version: md5 ? `md5-${md5}` : `etag-${etag}`,
    path: name,
    size: contentLength,
    mime: contentType,
    modifiedAt: lastModified.toISOString(),
    digest: md5 ? { algorithm: "md5", value: md5 } : undefined,
    etag: `"${etag.replaceAll('"', "")}"`,
  };
}

const LIST_MS = 60_000;
