import { mkdir, open, readFile, rename } from "node:fs/promises";
import path from "node:path";

/** How far each lane of a mapping has come, kept in one small file. */
export interface Checkpoints {
  /** Sequence number up to which all of a lane's records are done with; undefined at the beginning. */
  get(lane: number): string | undefined;
  /** Moves a lane; kept on disk once the promise settles. */
  set(lane: number, sequence: string): Promise<void>;
  /** The least of them: records after it may still be needed. */
  lowest(): string | undefined;
}

/**
 * @param start where lanes begin when there is no file yet. With another number of lanes than the
 * file knows, records fall into other lanes: all begin at the least, and some run again.
 */
export async function openCheckpoints(file: string, lanes: number, start: string | undefined): Promise<Checkpoints> {
  const known = await load(file);
  const begin = known === undefined ? start : leastOf(known);
  const at = known?.length === lanes ? known : Array.from({ length: lanes }, () => begin);

  let writing: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  /** Writes one after another; those who ask while one is under way share the next. */
  function save(): Promise<void> {
    next ??= (writing ?? Promise.resolve()).then(() => {
      writing = next;
      next = undefined;
      return write(file, JSON.stringify({ lanes: at.map((sequence) => sequence ?? null) }));
    });
    return next;
  }
  if (known?.length !== lanes) await save();

  return {
    get: (lane) => at[lane],
    async set(lane, sequence) {
      at[lane] = sequence;
      await save();
    },
    lowest: () => leastOf(at),
  };
}

/** Sequence numbers have one length, so that text compares as numbers do; undefined comes before all. */
const leastOf = (lanes: readonly (string | undefined)[]): string | undefined =>
  lanes.reduce((least, lane) => (least === undefined || lane === undefined ? undefined : lane < least ? lane : least));

async function load(file: string): Promise<(string | undefined)[] | undefined> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const { lanes } = JSON.parse(text) as { lanes: (string | null)[] };
  return lanes.map((sequence) => sequence ?? undefined);
}

/** On disk whole or not at all, also when the power goes. */
async function write(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const handle = await open(`${file}.new`, "w");
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${file}.new`, file);
}
