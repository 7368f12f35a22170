import { dropboxHasher } from "./digest.ts";
import type { DropboxClient } from "./dropbox-client.ts";
import type { Written } from "./types.ts";

/**
 * Adds a file by an upload session: nothing shows before its last call, which refuses to replace
 * what is there. Each block carries its hash.
 * @throws SourceError CONFLICT when there is a file of that name
 */
export async function addFile({ call }: DropboxClient, path: string, body: Buffer): Promise<Written> {
  const doing = `writing ${path}`;
  const blocks = blocksOf(body);
  const last = blocks.pop()!;
  let cursor: { session_id: string; offset: number } | undefined;
  for (const contents of blocks) {
    const sent = { contents, close: false, content_hash: hashOf(contents) };
    if (cursor) {
      const at: NonNullable<typeof cursor> = cursor;
      await call(doing, (sdk) => sdk.filesUploadSessionAppendV2({ cursor: at, ...sent }));
      cursor = { ...at, offset: at.offset + contents.length };
    } else {
      const { session_id } = await call(doing, (sdk) => sdk.filesUploadSessionStart(sent));
      cursor = { session_id, offset: contents.length };
    }
  }
  const commit = { path, mode: { ".tag": "add" }, autorename: false, strict_conflict: true, mute: true } as const;
  const file = await call(doing, (sdk) =>
    sdk.filesUploadSessionFinish({ cursor: cursor!, commit, contents: last, content_hash: hashOf(last) }),
  );
  return { id: file.id, path: file.path_display ?? path };
}

/** Whether a file may be added, tried with a session that is left unfinished and so never shows. */
export async function mayAdd({ call }: DropboxClient): Promise<void> {
  await call("writing", (sdk) => sdk.filesUploadSessionStart({ contents: Buffer.alloc(0), close: true }));
}

const blockBytes = 4 * 1024 * 1024;

/** At least two, the last one perhaps empty: a session is begun by one call and finished by another. */
function blocksOf(body: Buffer): Buffer[] {
  const blocks: Buffer[] = [];
  for (let at = 0; at < body.length || blocks.length === 0; at += blockBytes)
    blocks.push(body.subarray(at, at + blockBytes));
  return blocks.length > 1 ? blocks : [...blocks, Buffer.alloc(0)];
}

function hashOf(contents: Buffer): string {
  const hasher = dropboxHasher();
  hasher.update(contents);
  return hasher.digest();
}
