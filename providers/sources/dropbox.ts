import { buffer } from "node:stream/consumers";
import type { files } from "dropbox";
import { z } from "zod";
import { cursorCodec } from "./cursor.ts";
import { type DropboxAccess, type DropboxClient, dropboxClient } from "./dropbox-client.ts";
import { isReset } from "./dropbox-errors.ts";
import { dropboxWebhook } from "./dropbox-webhook.ts";
import { addFile, mayAdd } from "./dropbox-write.ts";
import { findings } from "./findings.ts";
import { outputPath } from "./output.ts";
import { skipOf } from "./pictures.ts";
import { type Change, type ChangePage, type FileVersion, type Source, SourceError } from "./types.ts";
import { type Patience, verifiedStream } from "./verified.ts";

export interface DropboxSourceDeps extends Omit<DropboxAccess, "source"> {
  readonly name: string;
  /** Folder such as `/Campaigns`, with all below it; `""` is everything the app can see. */
  readonly path: string;
  /** Folder such as `/Campaigns/web` that results go to; none makes the source read-only. */
  readonly writeBack?: string;
  /** Larger files are skipped when listed. */
  readonly maxBytes?: number;
  /** The app's secret, with which Dropbox signs its calls. */
  readonly appSecret?: string;
  /** Entries asked for at once, at most 2000. @default 1000 */
  readonly pageSize?: number;
  readonly patience?: Patience;
}

/** A folder of a Dropbox (https://www.dropbox.com/developers/documentation/http). */
export function dropboxSource(deps: DropboxSourceDeps): Source {
  const { name, writeBack, pageSize = 1000 } = deps;
  const path = deps.path.replace(/\/+$/, "");
  const client = dropboxClient({ ...deps, source: name });
  const scope = `${deps.pathRoot ?? ""}:${path.toLowerCase()}`;
  const codec = cursorCodec({ source: name, kind: "dropbox", scope, state: z.string() });
  const place = path || "the whole Dropbox";

  const list = () =>
    client
      .call(`listing ${place}`, (sdk) => sdk.filesListFolder({ path, recursive: true, limit: pageSize }))
      .catch((error) => {
        if (!(error instanceof SourceError) || error.code !== "NOT_FOUND") throw error;
        throw new SourceError(name, "CONFIG", `expected a folder ${path} in the Dropbox, found none`, { cause: error });
      });

  /** Undefined when Dropbox forgot the cursor. */
  const since = (cursor: string) =>
    client
      .call(`listing ${place}`, (sdk) => sdk.filesListFolderContinue({ cursor }), isReset)
      .catch((error) => {
        if (isReset(error)) return undefined;
        throw error;
      });

  async function changes(cursor?: string): Promise<ChangePage> {
    const known = cursor === undefined ? undefined : codec.decode(cursor);
    const next = known === undefined ? undefined : await since(known);
    const page = next ?? (await list());
    return {
      changes: page.entries.flatMap((entry) => changeOf(entry, deps) ?? []),
      cursor: codec.encode(page.cursor),
      more: page.has_more,
      ...(cursor !== undefined && next === undefined && { resync: true }),
    };
  }

  async function check() {
    let example: files.FileMetadataReference | undefined;
    return findings([
      async () => {
        const { entries } = await list();
        example = entries.filter(isFile).find(({ size, is_downloadable }) => size > 0 && is_downloadable !== false);
        return `${place} can be listed`;
      },
      async () => {
        if (!example) return "there is no file yet to try reading with";
        const { path_display: title = example.name } = example;
        await buffer(await client.download(`rev:${example.rev}`, `reading ${title}`, { first: 1 }));
        return `${title} can be read`;
      },
      async () => {
        if (writeBack === undefined) return "results are not written back";
        await mayAdd(client);
        return `results can be written to ${writeBack}`;
      },
    ]);
  }

  return {
    name,
    kind: "dropbox",
    changes,
    check,
    read: (file, options) =>
      verifiedStream({
        ...deps.patience,
        source: name,
        file,
        options,
        async open(offset, signal) {
          const doing = `reading ${file.path}`;
          if (offset === 0) await assertCurrent(client, name, file, doing, signal);
          return client.download(`rev:${file.version}`, doing, { offset, signal });
        },
      }),
    ...(writeBack !== undefined && {
      write: async (target: string, body: Buffer) => addFile(client, outputPath(name, writeBack, target), body),
    }),
    ...(deps.appSecret !== undefined && { webhook: dropboxWebhook(deps.appSecret) }),
  };
}

/**
 * Dropbox keeps old versions for weeks and may serve them also when their file was deleted or
 * replaced since: what its owner took back is not brought in any more.
 * @throws SourceError NOT_FOUND or CHANGED
 */
async function assertCurrent(
  client: DropboxClient,
  source: string,
  file: FileVersion,
  doing: string,
  signal: AbortSignal,
): Promise<void> {
  const found = await client.call(doing, (sdk) => sdk.filesGetMetadata({ path: file.id }, { signal }));
  if (isFile(found) && found.rev === file.version) return;
  const rev = isFile(found) ? found.rev : "no file";
  throw new SourceError(
    source,
    "CHANGED",
    `expected version ${file.version} of ${file.path}, received ${rev}: the next poll brings it`,
  );
}

const isFile = (entry: { readonly ".tag": string }): entry is files.FileMetadataReference => entry[".tag"] === "file";

function changeOf(entry: files.ListFolderResult["entries"][number], rules: DropboxSourceDeps): Change | undefined {
  const path = entry.path_display ?? entry.path_lower ?? entry.name;
  if (entry[".tag"] === "deleted") return { kind: "delete", path };
  if (!isFile(entry)) return undefined;
  const { path_lower = path.toLowerCase(), size } = entry;
  const reason =
    entry.is_downloadable === false
      ? "native-document"
      : // Dropbox's names differ in more than case alone only when they are different.
        skipOf({ path: path_lower, size }, { ...rules, writeBack: rules.writeBack?.toLowerCase() });
  return reason ? { kind: "skip", path, reason } : { kind: "upsert", file: toFile(entry, path) };
}

const toFile = (
  { id, rev, size, server_modified, content_hash }: files.FileMetadataReference,
  path: string,
): FileVersion => ({
  id,
  version: rev,
  path,
  size,
  modifiedAt: server_modified,
  digest: content_hash === undefined ? undefined : { algorithm: "dropbox", value: content_hash },
});
