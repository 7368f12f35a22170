import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import type { BlobClient } from "@azure/storage-blob";
import { checkContainer } from "./azure-blob-check.ts";
import { type ContainerDeps, containerClient, expiryOf } from "./azure-blob-client.ts";
import { type Place, toSourceError } from "./azure-blob-errors.ts";
import { changedAt, listed, toChange } from "./azure-blob-listing.ts";
import { cursorCodec } from "./cursor.ts";
import { eventGridWebhook } from "./event-grid.ts";
import { outputPath } from "./output.ts";
import { type PassState, passOf, passState } from "./passes.ts";
import { isUnder } from "./pictures.ts";
import { type ChangePage, type FileVersion, type Source, SourceError } from "./types.ts";
import { type Patience, verifiedStream } from "./verified.ts";

export interface AzureBlobDeps extends ContainerDeps {
  /** Only blobs whose names begin so. */
  readonly prefix?: string;
  /** Folder of results, as the beginning of their names. Without it nothing can be written. */
  readonly writeBack?: string;
  /** Larger blobs are skipped when they are listed. */
  readonly maxBytes?: number;
  /** What Event Grid's calls must carry as `key` in their address. Without it there is no webhook. */
  readonly webhookKey?: string;
  /** Blobs looked at for one page of changes, at most 5000. @default 1000 */
  readonly pageSize?: number;
  /** Time after which a pass delivers everything again, in milliseconds. @default one day */
  readonly fullPassMs?: number;
  /** How late a blob may show, counted from the time it carries, in milliseconds. @default ten minutes */
  readonly overlapMs?: number;
  readonly patience?: Patience;
}

/**
 * A container of Azure Blob Storage. It has no feed of changes that could be relied on, so each pass
 * lists all names and delivers what was written since `overlapMs` before the last pass began, and
 * everything once a day: a folder that was moved in keeps its times. Deletions are not reported; reading a blob that is gone says NOT_FOUND.
 * @throws SourceError CONFIG when the credentials are of the wrong form, or the write-back folder would hide every picture.
 */
export function azureBlobSource(deps: AzureBlobDeps): Source {
  const { name, account, container, prefix, writeBack, webhookKey, pageSize = 1000 } = deps;
  const { overlapMs = 10 * MINUTE, fullPassMs = DAY } = deps;
  if (writeBack !== undefined && isUnder(prefix ?? "", writeBack))
    throw new SourceError(
      name,
      "CONFIG",
      `expected a write-back folder that holds results alone, received "${writeBack}", which holds all of "${prefix ?? ""}"`,
    );
  const client = containerClient(deps);
  const place: Place = { source: name, account, container, expiresAt: expiryOf(deps.auth) };
  const cursors = cursorCodec({
    source: name,
    kind: "azure-blob",
    scope: `${client.url.split("?")[0]} ${prefix ?? ""}`,
    state: passState,
  });

  async function changes(cursor?: string): Promise<ChangePage> {
    const known = cursor === undefined ? undefined : cursors.decode(cursor);
    const page = await listed(client, { prefix, marker: known?.after, pageSize }).catch((cause) => {
      throw toSourceError(place, "list the blobs", cause);
    });
    // By the service's clock, which the blobs' times are of.
    const pass = passOf(known, page.at, { overlapMs, fullPassMs });
    const next: PassState = { ...pass, after: page.next };
    return {
      changes: page.blobs.filter((blob) => changedAt(blob) >= pass.since).map((blob) => toChange(blob, deps)),
      cursor: cursors.encode(next),
      more: page.next !== undefined,
      ...(cursor !== undefined && known === undefined && { resync: true }),
    };
  }

  /** The SDK's own way of resuming gives up at the first cut, so each attempt is one plain download. */
  async function open(file: FileVersion, offset: number, abortSignal: AbortSignal): Promise<Readable> {
    const blob = client.getBlobClient(file.id);
    const action = `read ${file.path}`;
    try {
      const conditions = { ifMatch: file.etag };
      const answer = await blob.download(offset, undefined, { conditions, abortSignal, maxRetryRequests: 0 });
      return answer.readableStreamBody as Readable;
    } catch (cause) {
      // Of a pinned version there is nothing beyond its end.
      if ((cause as { statusCode?: number }).statusCode === 416) return Readable.from([]);
      const error = toSourceError(place, action, cause);
      // A blob that is gone fails the condition too.
      if (error.code === "CHANGED" && !(await exists(blob, action, abortSignal)))
        throw toSourceError(place, action, { statusCode: 404, code: "BlobNotFound" });
      throw error;
    }
  }

  const exists = (blob: BlobClient, action: string, abortSignal: AbortSignal) =>
    blob.exists({ abortSignal }).catch((cause) => {
      throw toSourceError(place, action, cause);
    });

  async function write(folder: string, path: string, body: Buffer, contentType: string) {
    const id = outputPath(name, folder, path);
    await client
      .getBlockBlobClient(id)
      .upload(body, body.length, {
        conditions: { ifNoneMatch: "*" },
        blobHTTPHeaders: { blobContentType: contentType },
        transactionalContentMD5: createHash("md5").update(body).digest(),
        abortSignal: AbortSignal.timeout(WRITE_MS),
      })
      .catch((cause) => {
        throw toSourceError(place, `write ${id}`, cause);
      });
    return { id, path: id };
  }

  return {
    name,
    kind: "azure-blob",
    check: () => checkContainer({ client, place, auth: deps.auth, prefix, writeBack }),
    changes,
    read: (file, options) =>
      verifiedStream({
        ...deps.patience,
        source: name,
        file,
        options,
        open: (offset, signal) => open(file, offset, signal),
      }),
    ...(writeBack !== undefined && {
      write: (path, body, { contentType }) => write(writeBack, path, body, contentType),
    }),
    ...(webhookKey !== undefined && { webhook: eventGridWebhook({ key: webhookKey }) }),
  };
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const WRITE_MS = 2 * MINUTE;
