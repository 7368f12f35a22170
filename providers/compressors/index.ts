import type { CompressionOptions } from "../../options.ts";
import type { Purse } from "../types.ts";
import { sharpCompressor } from "./sharp.ts";
import { tinifyCompressor } from "./tinify.ts";
import type { Compressor } from "./types.ts";

export interface CompressorDeps {
  /** Empty or absent where tinify is not used. */
  readonly tinifyKey?: string;
  /** See TinifyDeps. */
  readonly mayCall: (effect: string) => Promise<boolean>;
  /** That tinify is paid from; absent where it is not used. */
  readonly purse?: Purse;
  /** @default globalThis.fetch */
  readonly fetch?: typeof fetch;
}

/**
 * The compressor a stack asked for. Cheap: make one for each picture, so that `mayCall` knows whose calls it counts.
 * @throws Error `TINIFY_KEY_MISSING` when tinify is asked for without a key, `TINIFY_UNPAID` without a purse.
 */
export function compressorFor(
  { kind, preset, quality }: CompressionOptions,
  { tinifyKey, mayCall, purse, fetch }: CompressorDeps,
): Compressor {
  const own = sharpCompressor({ preset, quality });
  switch (kind) {
    case "sharp":
      return own;
    case "tinify":
      if (!tinifyKey)
        throw new Error(
          "TINIFY_KEY_MISSING: expected tinify's API key as the secret darkroom:tinifyKey, but there is none. Set it, or set darkroom:compression to { kind: sharp }.",
        );
      if (!purse)
        throw new Error(
          "TINIFY_UNPAID: expected what a call of tinify costs, so that it is counted, but nobody says so. Mend what sets COSTS.",
        );
      return tinifyCompressor({ key: tinifyKey, fallback: own, mayCall, purse, fetch });
    default:
      throw new Error(
        `COMPRESSION_UNKNOWN: expected sharp or tinify, but ${kind satisfies never} came. Mend darkroom:compression.`,
      );
  }
}
