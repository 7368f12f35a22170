import { z } from "zod";
import { cursorCodec } from "./cursor.ts";
import { deltaSince, startToken } from "./google-drive-changes.ts";
import { checkDrive } from "./google-drive-check.ts";
import { type DriveAccess, type DriveClient, driveClient } from "./google-drive-client.ts";
import { versionOf } from "./google-drive-files.ts";
import { treeOf } from "./google-drive-tree.ts";
import { frame, walkOf } from "./google-drive-walk.ts";
import { driveWebhook } from "./google-drive-webhook.ts";
import { addFile } from "./google-drive-write.ts";
import { type Change, type ChangePage, type FileVersion, type Source, SourceError } from "./types.ts";
import { type Patience, verifiedStream } from "./verified.ts";

export interface GoogleDriveDeps extends Pick<DriveAccess, "auth" | "fetch"> {
  readonly name: string;
  /** Id of the folder, with all below it. */
  readonly folder: string;
  /** Id of the shared drive that the folder lies in. @default the account's own */
  readonly driveId?: string;
  /** Id of the folder that results go to; none makes the source read-only. */
  readonly writeBack?: string;
  /** Larger files are skipped when listed. */
  readonly maxBytes?: number;
  /** What Drive repeats in each call of the webhook; without it there is none. */
  readonly webhookSecret?: string;
  /** Entries asked for at once, at most 1000. @default 1000 */
  readonly pageSize?: number;
  readonly patience?: Patience;
}

/**
 * What a cursor remembers: folders still to be walked, and where the changes go on after that.
 * That token is always from before the walk, so what comes while it lasts is delivered after it.
 */
const state = z.object({ after: z.string(), queue: z.array(z.string()), stack: z.array(frame) });
type State = z.infer<typeof state>;

/** A folder in Google Drive (https://developers.google.com/workspace/drive/api/reference/rest/v3). */
export function googleDriveSource(deps: GoogleDriveDeps): Source {
  const { name, folder: root, driveId, writeBack, pageSize = 1000 } = deps;
  const client = driveClient({ ...deps, source: name, writes: writeBack !== undefined });
  const codec = cursorCodec({ source: name, kind: "google-drive", scope: `${driveId ?? ""}:${root}`, state });
  const walk = walkOf({ ...deps, client, root, pageSize });
  // Each moved-in folder of a page goes into the cursor.
  const delta = { ...deps, client, root, pageSize: Math.min(pageSize, 100) };
  let tree = treeOf(client, root);

  async function changes(cursor?: string): Promise<ChangePage> {
    const known = cursor === undefined ? undefined : codec.decode(cursor);
    if (known === undefined) return begin(cursor !== undefined);
    if (known.queue.length > 0 || known.stack.length > 0) return walked(known);
    // Folders may have moved since the last look.
    tree = treeOf(client, root);
    const page = await deltaSince(known.after, tree, delta);
    if (page === undefined) return begin(true);
    const { token: after, folders: queue } = page;
    const more = page.more || queue.length > 0;
    return { changes: page.changes, cursor: codec.encode({ after, queue: [...queue], stack: [] }), more };
  }

  /** The token first: what changes while folders are listed is told after it. */
  async function begin(resync: boolean): Promise<ChangePage> {
    tree = treeOf(client, root);
    const after = await startToken(delta);
    return { ...(await walked({ after, queue: [root], stack: [] })), ...(resync && { resync }) };
  }

  /** Many small folders make one page, within reason. */
  async function walked({ after, queue: [...queue], stack: given }: State): Promise<ChangePage> {
    const found: Change[] = [];
    let stack: State["stack"] = given;
    for (let steps = 0; steps < 40 && found.length * 2 < pageSize; steps++) {
      if (stack.length === 0) {
        const folder = queue.shift();
        if (folder === undefined) break;
        stack = [{ folder }];
      }
      const step = await walk.step(stack, tree);
      stack = [...step.stack];
      found.push(...step.changes);
    }
    // The changes are looked at next, also when this was the last folder.
    return { changes: found, cursor: codec.encode({ after, queue, stack }), more: true };
  }

  return {
    name,
    kind: "google-drive",
    changes,
    check: () => checkDrive({ client, root, driveId, writeBack }),
    read: (file, options) =>
      verifiedStream({
        ...deps.patience,
        source: name,
        file,
        options,
        async open(offset, signal) {
          await assertCurrent(client, file, signal);
          return client.download(file.id, `reading ${file.path}`, { offset, signal });
        },
      }),
    ...(writeBack !== undefined && {
      write: (path: string, body: Buffer, { contentType }: { readonly contentType: string }) =>
        addFile({ client, folder: writeBack, driveId }, path, body, contentType),
    }),
    ...(deps.webhookSecret !== undefined && { webhook: driveWebhook(client, deps.webhookSecret, driveId) }),
  };
}

/**
 * Drive gives out the newest bytes alone, so each opening asks first which those are; what changes
 * in between, the digest tells.
 * @throws SourceError NOT_FOUND or CHANGED
 */
async function assertCurrent(client: DriveClient, file: FileVersion, signal: AbortSignal): Promise<void> {
  const fields = "headRevisionId,md5Checksum,trashed";
  const found = await client.call(`reading ${file.path}`, (sdk) =>
    sdk.files.get({ fileId: file.id, fields, supportsAllDrives: true }, { signal }),
  );
  if (found.trashed) throw new SourceError(client.source, "NOT_FOUND", `${file.path} is in the trash`);
  if (versionOf(found) === file.version) return;
  throw new SourceError(
    client.source,
    "CHANGED",
    `expected version ${file.version} of ${file.path}, received ${versionOf(found)}: the next poll brings it`,
  );
}
