import { type BigIntStats, constants } from "node:fs";
import { access, lstat, opendir } from "node:fs/promises";
import { join } from "node:path";

export interface Visit {
  /** From the root, with `/` between its parts. */
  readonly path: string;
  readonly stats: BigIntStats;
  /** It, or a folder above it, was moved in or renamed since: its own times say nothing. */
  readonly moved: boolean;
  /** A folder that this user may not look into; it is passed over. */
  readonly closed?: boolean;
}

export interface Walk {
  readonly root: string;
  /** The path of the last visit before; the walk goes on behind it. */
  readonly after?: string;
  /** Milliseconds since 1970; tells what counts as moved. */
  readonly since: number;
  /** Names held at a time. */
  readonly batch: number;
}

/**
 * Visits files, links and folders below the root in an order that stays: names sorted, a folder
 * before what it holds. Hidden names are passed over, links are not followed, and what vanishes on
 * the way is left out. Holds a batch of names for each level.
 */
export async function* walk({ root, after, since, batch }: Walk): AsyncGenerator<Visit> {
  const top = await lstat(root, { bigint: true });
  yield* inside({ path: "", stats: top, moved: isTouched(top, since) }, after?.split("/") ?? []);

  async function* inside(folder: Visit, [from, ...below]: readonly string[]): AsyncGenerator<Visit> {
    for await (const name of names(join(root, folder.path), from, batch)) {
      const path = folder.path === "" ? name : `${folder.path}/${name}`;
      const stats = await orGone(lstat(join(root, path), { bigint: true }));
      if (stats === undefined) continue;
      const visit = {
        path,
        stats,
        moved: folder.moved || (stats.isDirectory() && isMoved(stats, folder.stats, since)),
        closed: stats.isDirectory() && (await isClosed(join(root, path))),
      };
      const resumed = name === from;
      if (!resumed) yield visit;
      if (stats.isDirectory() && !visit.closed) yield* inside(visit, resumed ? below : []);
    }
  }
}

/**
 * Moving a folder leaves the times of everything inside as they were. It changes the folder's own
 * status time, and the content of the folder above.
 */
const isMoved = (folder: BigIntStats, above: BigIntStats, since: number) =>
  isTouched(folder, since) || (ms(folder.ctimeNs) >= since && ms(above.mtimeNs) >= since);

/** Its own name or rights changed, rather than what it holds. */
const isTouched = ({ ctimeNs, mtimeNs }: BigIntStats, since: number) => ms(ctimeNs) >= since && ctimeNs > mtimeNs;

const ms = (ns: bigint) => Number(ns / 1_000_000n);

async function isClosed(folder: string): Promise<boolean> {
  try {
    await access(folder, constants.R_OK | constants.X_OK);
    return false;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EACCES" || code === "EPERM") return true;
    if (code === "ENOENT" || code === "ENOTDIR") return false;
    throw error;
  }
}

/** Names in a folder, sorted, from `from` on. */
async function* names(folder: string, from: string | undefined, batch: number): AsyncGenerator<string> {
  let some = await smallest(folder, (name) => from === undefined || name >= from, batch);
  while (some.length > 0) {
    yield* some;
    const last = some.at(-1)!;
    some = some.length < batch ? [] : await smallest(folder, (name) => name > last, batch);
  }
}

async function smallest(folder: string, wanted: (name: string) => boolean, most: number): Promise<string[]> {
  let held: string[] = [];
  let limit: string | undefined;
  const opened = await orGone(opendir(folder, { bufferSize: 1024 }));
  for await (const { name } of opened ?? []) {
    if (name.startsWith(".") || !wanted(name) || (limit !== undefined && name > limit)) continue;
    held.push(name);
    if (held.length < 2 * most) continue;
    held = held.sort().slice(0, most);
    limit = held.at(-1);
  }
  return held.sort().slice(0, most);
}

/** Undefined for what is not there any more. */
export async function orGone<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
}
