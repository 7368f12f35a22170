import { createHash } from "node:crypto";
import sharp from "sharp";
import type { Format } from "../../handlers/record.ts";
import type { Purse } from "../types.ts";
import { master } from "./presets.ts";
import { encode } from "./sharp.ts";
import { shrink, type TinifyProblem } from "./tinify-api.ts";
import type { Compressor, Encoded, Pixels } from "./types.ts";

export interface TinifyDeps {
  readonly key: string;
  /** Makes the file that is published when tinify's is larger or does not come. */
  readonly fallback: Compressor;
  /** True the first time an effect is named and never again, over all retries: every call is paid for. */
  readonly mayCall: (effect: string) => Promise<boolean>;
  /** Asked last, so that only calls that are made are paid for. */
  readonly purse: Purse;
  /** @default globalThis.fetch */
  readonly fetch?: typeof fetch;
  /** @default tinify's own */
  readonly endpoint?: string;
  /** For one call, in milliseconds. @default 20000 */
  readonly timeout?: number;
  readonly now?: () => Date;
}

/**
 * tinify of a high-quality encode, or the fallback's file where that is smaller. It never fails
 * for tinify's sake: what went wrong is told in `method`, such as
 * `sharp jpeg q78 balanced (tinify: monthly limit reached)`. GIF and animations are not asked for.
 */
export function tinifyCompressor(deps: TinifyDeps): Compressor {
  const { fallback } = deps;
  return {
    name: "tinify",
    async compress(pixels, format) {
      if (format === "gif" || pixels.frames > 1) return fallback.compress(pixels, format);
      const [own, theirs] = await Promise.all([fallback.compress(pixels, format), ask(deps, pixels, format)]);
      if ("problem" in theirs) return { bytes: own.bytes, method: `${own.method} (tinify: ${theirs.problem})` };
      if (theirs.bytes.length >= own.bytes.length)
        return { bytes: own.bytes, method: `${own.method} (tinify: not smaller)` };
      return theirs;
    },
  };
}

type Answer = Encoded | { readonly problem: string };

async function ask(deps: TinifyDeps, pixels: Pixels, format: Format): Promise<Answer> {
  const {
    key,
    mayCall,
    purse,
    now = () => new Date(),
    timeout = 20_000,
    endpoint = "https://api.tinify.com",
    fetch: send = fetch,
  } = deps;
  const paused = pauses.get(key);
  if (paused !== undefined && now().getTime() < paused.until) return { problem: paused.problem };
  if (purse.refuses()) return { problem: budgetSpent };
  const { bytes } = await encode(pixels, format, master);
  const effect = `tinify/${pixels.name}.${format}/${createHash("sha256").update(bytes).digest("hex")}`;
  if (!(await mayCall(effect))) return { problem: "asked before" };
  if (!(await purse.pay())) return { problem: budgetSpent };
  const answer = await shrink({ bytes, contentType: `image/${format}`, key, endpoint, send, timeout });
  if ("code" in answer) {
    const problem = sentences[answer.code];
    const until = pauseAfter[answer.code](now());
    if (until !== undefined) pauses.set(key, { until, problem });
    return { problem };
  }
  return (await isPlain(answer.bytes, pixels, format))
    ? { bytes: answer.bytes, method: "tinify" }
    : { problem: sentences.BAD_ANSWER };
}

/** Of the process, by key: a compressor may live for one picture only, the account's limit lives longer. */
const pauses = new Map<string, { readonly until: number; readonly problem: string }>();

/** Until when nobody asks again, in epoch milliseconds. The account's count starts anew each month; a key is only mended by a deployment. */
const pauseAfter: Readonly<Record<TinifyProblem, (now: Date) => number | undefined>> = {
  LIMIT: (now) => Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1),
  AUTH: () => Number.POSITIVE_INFINITY,
  UNAVAILABLE: (now) => now.getTime() + 60_000,
  REFUSED: () => undefined,
  BAD_ANSWER: () => undefined,
};

const budgetSpent = "budget spent";

const sentences: Readonly<Record<TinifyProblem, string>> = {
  LIMIT: "monthly limit reached",
  AUTH: "credentials refused",
  UNAVAILABLE: "service unavailable",
  REFUSED: "picture refused",
  BAD_ANSWER: "answer unusable",
};

/** The picture that was sent, and nothing but the picture. */
async function isPlain(bytes: Buffer, { width, height }: Pixels, format: Format): Promise<boolean> {
  // sharp tells every kind of damage in words only, so there is no code to catch by.
  const seen = await sharp(bytes)
    .metadata()
    .catch(() => undefined);
  if (seen === undefined) return false;
  const type = seen.format === "heif" && seen.compression === "av1" ? "avif" : seen.format;
  return (
    type === format &&
    seen.width === width &&
    seen.height === height &&
    !seen.exif &&
    !seen.xmp &&
    !seen.iptc &&
    !seen.icc
  );
}
