import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import type { FileVersion } from "../../providers/sources/types.ts";
import { type Verified, verifiedStream } from "../../providers/sources/verified.ts";
import { bytesFrom, noise } from "../contract/source/rig.ts";

export const bytes = noise(300_000);
export const sha256 = { algorithm: "sha256", value: createHash("sha256").update(bytes).digest("hex") } as const;
export const file: FileVersion = { id: "1", version: "1", path: "a.jpg", size: bytes.length, digest: sha256 };

/** A file's bytes from `offset` on, in pieces, that break off when `count` were given. */
export function body(
  offset: number,
  { count = Number.POSITIVE_INFINITY, from = bytes, error = new Error("reset") } = {},
) {
  return Readable.from(
    (async function* () {
      let given = 0;
      for (let at = offset; at < from.length; at += 10_000) {
        if (given >= count) throw error;
        const piece = from.subarray(at, at + 10_000);
        given += piece.length;
        yield piece;
      }
    })(),
  );
}

interface Reader extends Partial<Verified> {
  readonly maxBytes?: number;
  readonly signal?: AbortSignal;
}

/** A read that does not wait between attempts, and what was asked of it. */
export function reader({ maxBytes = 1_000_000, signal, ...more }: Reader = {}) {
  const waits: number[] = [];
  const offsets: number[] = [];
  const open = more.open ?? (async (offset: number) => body(offset));
  const read = () =>
    verifiedStream({
      source: "s",
      file,
      options: { maxBytes, signal },
      wait: async (ms) => void waits.push(ms),
      ...more,
      open(offset, inner) {
        offsets.push(offset);
        return open(offset, inner);
      },
    });
  return { waits, offsets, read, all: async () => bytesFrom(await read()) };
}

/** A connection that says nothing. */
export const silent = () => new Readable({ read() {} });
