import { createHash } from "node:crypto";
import type { Digest } from "./types.ts";

export interface Hasher {
  update(piece: Buffer): void;
  /** Hex; undefined where there is nothing to compare with. */
  digest(): string | undefined;
}

/** Computes the kind of digest that `wanted` is. */
export function hasherOf(wanted: Digest | undefined): Hasher {
  if (wanted === undefined) return { update() {}, digest: () => undefined };
  if (wanted.algorithm === "dropbox") return dropboxHasher();
  const hash = createHash(wanted.algorithm);
  return {
    update: (piece) => void hash.update(piece),
    digest: () => hash.digest("hex"),
  };
}

const BLOCK = 4 * 1024 * 1024;

/** Dropbox's content hash: SHA-256 over the SHA-256 of each 4 MiB block. */
export function dropboxHasher(): { update(piece: Buffer): void; digest(): string } {
  const whole = createHash("sha256");
  let block = createHash("sha256");
  let inBlock = 0;
  const close = () => {
    whole.update(block.digest());
    block = createHash("sha256");
    inBlock = 0;
  };
  return {
    update(piece) {
      for (let at = 0; at < piece.length; ) {
        const part = piece.subarray(at, at + BLOCK - inBlock);
        block.update(part);
        inBlock += part.length;
        at += part.length;
        if (inBlock === BLOCK) close();
      }
    },
    digest() {
      if (inBlock > 0) close();
      return whole.digest("hex");
    },
  };
}
