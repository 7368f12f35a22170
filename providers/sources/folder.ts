import { type BigIntStats, constants } from "node:fs";
import { access, type FileHandle, open, realpath, stat } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import { Readable } from "node:stream";
import { cursorCodec } from "./cursor.ts";
import { findings } from "./findings.ts";
import { toSourceError } from "./folder-errors.ts";
import { orGone, type Visit, walk } from "./folder-walk.ts";
import { addFile } from "./folder-write.ts";
import { outputPath } from "./output.ts";
import { passOf, passState } from "./passes.ts";
import { skipOf } from "./pictures.ts";
import { type Change, type ChangePage, type FileVersion, type Source, SourceError } from "./types.ts";
import { type Patience, verifiedStream } from "./verified.ts";

export interface FolderDeps {
  readonly name: string;
  /** Relative to the working directory, or absolute. */
  readonly path: string;
  /** A file younger than this may still be growing, and waits. @default 5000 */
  readonly settleMs?: number;
  /** Folder of results, relative to `path`. Without it nothing can be written. */
  readonly writeBack?: string;
  /** Larger files are skipped when they are listed. */
  readonly maxBytes?: number;
  /** Files and folders looked at for one page of changes. @default 1000 */
  readonly pageSize?: number;
  /** Time after which a pass delivers everything again, in milliseconds. @default one day */
  readonly fullPassMs?: number;
  readonly patience?: Patience;
  readonly now?: () => number;
}

/**
 * A folder on this machine, with what is below it. Each pass walks all of it and delivers what
 * changed since shortly before the last pass began, folders that were moved in included. Hidden
 * names are not looked at and links are not followed. Deletions are not reported.
 * @throws SourceError CONFIG when the write-back folder would hide every picture.
 */
export function folderSource(deps: FolderDeps): Source {
  const { name, settleMs = 5000, writeBack, now = Date.now, pageSize = 1000, fullPassMs = DAY } = deps;
  const root = resolve(deps.path);
  const results = writeBack === undefined ? undefined : resolve(root, writeBack);
  const own = results === undefined ? undefined : relative(root, results).split(sep).join("/");
  if (own?.split("/").every((part) => part === "" || part === ".."))
    throw new SourceError(
      name,
      "CONFIG",
      `expected a write-back folder that holds results alone, received "${writeBack}"`,
    );
  const cursors = cursorCodec({ source: name, kind: "folder", scope: root, state: passState });
  const fail = (error: unknown, path: string) => toSourceError(name, error, path);

  /** Where the folder really is, which may be behind a link. @throws SourceError */
  async function there(): Promise<string> {
    const path = await orGone(realpath(root));
    if (path !== undefined && (await stat(path)).isDirectory()) return path;
    throw new SourceError(
      name,
      "CONFIG",
      `expected a folder at ${root}, received ${path === undefined ? "nothing" : "a file"}. Mend the source's path, or mount its disk`,
    );
  }

  async function changes(cursor?: string): Promise<ChangePage> {
    const known = cursor === undefined ? undefined : cursors.decode(cursor);
    // What waits to settle must be young enough for the next pass still.
    const pass = passOf(known, now(), { overlapMs: settleMs + MINUTE, fullPassMs });
    const found: Change[] = [];
    let after: string | undefined;
    let visits = 0;
    try {
      // One name before the page and one behind it, so that a large folder is listed once a page.
      const rest = { root: await there(), after: pass.after, since: pass.since, batch: pageSize + 2 };
      for await (const visit of walk(rest)) {
        if (visits++ === pageSize) break;
        after = visit.path;
        found.push(...toChange(visit, pass.since));
      }
    } catch (error) {
      throw fail(error, root);
    }
    const more = visits > pageSize;
    return {
      changes: found,
      cursor: cursors.encode({ ...pass, after: more ? after : undefined }),
      more,
      ...(cursor !== undefined && known === undefined && { resync: true }),
    };
  }

  function toChange({ path, stats, moved, closed }: Visit, since: number): Change[] {
    const changedAt = lastChange(stats, now());
    if (!(moved || changedAt >= since)) return [];
    if (closed) return [{ kind: "skip", path, reason: "unreadable" }];
    if (stats.isDirectory()) return [];
    if (stats.isSymbolicLink()) return [{ kind: "skip", path, reason: "shortcut" }];
    if (!stats.isFile()) return [];
    const size = Number(stats.size);
    const reason = skipOf({ path, size }, { writeBack: own, maxBytes: deps.maxBytes });
    const isWanted = reason !== "own-output" && reason !== "not-an-image";
    if (isWanted && changedAt > now() - settleMs) return [{ kind: "skip", path, reason: "unsettled" }];
    if (reason) return [{ kind: "skip", path, reason }];
    const modifiedAt = stats.mtime.toISOString();
    return [{ kind: "upsert", file: { id: path, version: versionOf(stats), path, size, modifiedAt } }];
  }

  function read(file: FileVersion, options: Parameters<Source["read"]>[1]): Promise<Readable> {
    const expectSame = async (handle: FileHandle) => {
      if (versionOf(await handle.stat({ bigint: true })) === file.version) return;
      throw new SourceError(name, "CHANGED", `${file.path} was changed after it was listed`);
    };
    async function* pinned(handle: FileHandle, start: number): AsyncGenerator<Buffer> {
      try {
        yield* handle.createReadStream({ start, autoClose: false });
        await expectSame(handle);
      } finally {
        await handle.close();
      }
    }
    return verifiedStream({
      ...deps.patience,
      source: name,
      file,
      options,
      async open(offset) {
        const handle = await open(join(root, outputPath(name, "", file.id)), READ).catch((error) => {
          throw fail(error, file.path);
        });
        try {
          await expectSame(handle);
        } catch (error) {
          await handle.close();
          throw error;
        }
        return Readable.from(pinned(handle, offset));
      },
    });
  }

  async function write(path: string, body: Buffer) {
    const id = outputPath(name, own ?? "", path);
    await addFile(join(root, id), body).catch((error) => {
      if (error.code !== "ENOTDIR") throw fail(error, id);
      throw new SourceError(name, "CONFLICT", `there is already a file where ${id} needs a folder`, { cause: error });
    });
    return { id, path: id };
  }

  const allowed = async (path: string, mode: number) =>
    access(path, mode).catch((error) => {
      throw fail(error, path);
    });
  async function reading(): Promise<string> {
    await allowed(await there(), constants.R_OK | constants.X_OK);
    return `The folder ${root} can be read.`;
  }
  async function writing(): Promise<string> {
    await allowed((await orGone(realpath(results ?? root))) ?? root, constants.W_OK);
    return `Results can be written to ${results}.`;
  }
  return {
    name,
    kind: "folder",
    changes,
    read,
    ...(results !== undefined && { write }),
    check: () => findings(results === undefined ? [reading] : [reading, writing]),
  };
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** A link put in the file's place is not followed, and a pipe does not make us wait. */
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Moving a file in keeps its time of change but not of status. A time to come is a wrong camera's. */
function lastChange({ mtimeNs, ctimeNs }: BigIntStats, now: number): number {
  const [modified, status] = [Number(mtimeNs / 1_000_000n), Number(ctimeNs / 1_000_000n)];
  return modified > now ? status : Math.max(modified, status);
}

/** Without the inode: a share may number its files anew each time it is mounted. */
const versionOf = ({ size, mtimeNs, ctimeNs }: BigIntStats) =>
  [size, mtimeNs, ctimeNs].map((number) => number.toString(36)).join("-");
