import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { extract as openTar } from "tar-stream";

/** `PACK_SHORT`: an entry is missing or cut. `PACK_INVALID`: it is there, but not what the index says. */
export type PackErrorCode = "PACK_SHORT" | "PACK_INVALID";

export class PackError extends Error {
  override readonly name = "PackError";
  readonly code: PackErrorCode;
  constructor(code: PackErrorCode, detail: string, options?: ErrorOptions) {
    super(`${code}: ${detail}`, options);
    this.code = code;
  }
}

export interface Entry {
  readonly name: string;
  readonly bytes: number;
}

/**
 * Reads a tar that opens with an index and holds then exactly what the index lists, in its order.
 * Nothing is held but the entry in hand, and no entry is begun that differs from its listing.
 * The source's own failures come through as they are.
 * @throws PackError
 */
export async function* readEntries<T>(
  source: Buffer | Readable,
  indexName: string,
  itemsOf: (index: Buffer) => readonly T[],
  entryOf: (item: T) => Entry,
): AsyncGenerator<{ readonly item: T; readonly bytes: Buffer }> {
  const tar = openTar();
  let sourceFailure: { readonly error: unknown } | undefined;
  const feed = async function* () {
    try {
      yield* Buffer.isBuffer(source) ? Readable.from([source]) : source;
    } catch (error) {
      sourceFailure = { error };
      throw error;
    }
  };
  // The reading side below meets every failure of this one.
  pipeline(feed, tar).catch(() => {});
  const entries = tar[Symbol.asyncIterator]();
  const during = async <R>(work: Promise<R>, code: PackErrorCode, detail: string): Promise<R> => {
    try {
      return await work;
    } catch (cause) {
      if (sourceFailure !== undefined) throw sourceFailure.error;
      throw new PackError(code, `${detail}. ${advice}`, { cause });
    }
  };
  const next = () => during(entries.next(), "PACK_INVALID", "expected a tar, but its structure is damaged");
  const read = async (expected: Entry, accepts: (size: number) => boolean) => {
    const { value: entry, done } = await next();
    if (done || entry.header.name !== expected.name)
      throw new PackError(
        "PACK_SHORT",
        `expected ${expected.name}, but ${done ? "the pack ends" : `${entry.header.name} came`}. ${advice}`,
      );
    const size = entry.header.size ?? 0;
    if (!accepts(size))
      throw new PackError(
        size < expected.bytes ? "PACK_SHORT" : "PACK_INVALID",
        `expected ${expected.bytes} bytes of ${expected.name}, but ${size} came. ${advice}`,
      );
    return during(
      collect(entry, size),
      "PACK_SHORT",
      `expected ${size} bytes of ${expected.name}, but the pack is cut`,
    );
  };
  try {
    const index = await read({ name: indexName, bytes: maxIndexBytes }, (size) => size <= maxIndexBytes);
    for (const item of itemsOf(index)) {
      const entry = entryOf(item);
      yield { item, bytes: await read(entry, (size) => size === entry.bytes && size <= maxEntryBytes) };
    }
    const { value: extra, done } = await next();
    if (!done)
      throw new PackError("PACK_INVALID", `expected the end of the pack, but ${extra.header.name} came. ${advice}`);
  } finally {
    tar.destroy();
    if (!Buffer.isBuffer(source)) source.destroy();
  }
}

/** Into one buffer of the right size: chunks joined afterwards would be held twice. */
async function collect(entry: AsyncIterable<unknown>, size: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(size);
  let filled = 0;
  for await (const chunk of entry) filled += (chunk as Buffer).copy(bytes, filled);
  if (filled !== size) throw new RangeError(`${filled} of ${size} bytes came`);
  return bytes;
}

const maxIndexBytes = 1024 * 1024;
const maxEntryBytes = 2 * 1024 * 1024 * 1024;
const advice = "Put the picture back on its way to have it packed anew.";
