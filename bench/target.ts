import sharp from "sharp";
import { likeness } from "../providers/compressors/likeness.ts";
import { presets } from "../providers/compressors/presets.ts";
import { encode, sharpCompressor } from "../providers/compressors/sharp.ts";
import type { Pixels } from "../providers/compressors/types.ts";
import type { Comparison } from "./comparison.ts";
import type { BenchOptions } from "./pixels.ts";
import { cpu, levelsOf } from "./sets.ts";

const settings = presets.balanced;
const names = ["w320", "w640", "w1280"];

interface Made {
  readonly bytes: number;
  /** Likeness of the size that came out worst, in decibels. */
  readonly worst: number;
}

/**
 * The target-quality mode against one quality for all photographs: that which leaves the worst size as good, so that
 * the bytes can be compared.
 */
export async function targetBench({ photos, say }: Pick<BenchOptions, "photos" | "say">): Promise<Comparison[]> {
  const all: Pixels[][] = [];
  for (const { bytes } of photos) all.push((await levelsOf(bytes, "b")).filter(({ name }) => names.includes(name)));
  const comparisons: Comparison[] = [];
  for (const format of ["jpeg", "webp", "avif"] as const) {
    let target: Made = { bytes: 0, worst: 0 };
    const ms = await cpu(async () => {
      target = await make(all, (levels) => {
        const { compress } = sharpCompressor({ preset: "balanced", quality: "target" });
        return eachInTurn(levels, async (level) => (await compress(level, format)).bytes);
      });
    });
    const fixedAt = (quality: number) => {
      const one = { ...settings, [format]: { ...settings[format], quality } };
      return make(all, (levels) => eachInTurn(levels, async (level) => (await encode(level, format, one)).bytes));
    };
    const [quality, fixed] = await asGoodAs(target.worst, fixedAt);
    const ratio = target.bytes / fixed.bytes;
    const note = `worst ${target.worst.toFixed(1)} dB, as fixed ${format} q${quality}; ${(ms / photos.length).toFixed(0)} ms CPU a photograph with the measuring`;
    say(`${format}, target quality: ${ratio.toFixed(3)} of the bytes, ${note}`);
    const name = `bytes, ${format} of target quality / fixed quality as good at its worst`;
    comparisons.push({ name, ratio, goal: 0.88, atMost: true, held: ratio <= 0.88, note });
  }
  return comparisons;
}

/** The lowest fixed quality whose worst size is as good, by halving. */
async function asGoodAs(worst: number, fixedAt: (quality: number) => Promise<Made>): Promise<[number, Made]> {
  let [low, high] = [30, 95];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((await fixedAt(middle)).worst >= worst) high = middle;
    else low = middle + 1;
  }
  return [low, await fixedAt(low)];
}

async function make(
  all: readonly (readonly Pixels[])[],
  encoder: (levels: readonly Pixels[]) => Promise<Buffer[]>,
): Promise<Made> {
  let [bytes, worst] = [0, Number.POSITIVE_INFINITY];
  for (const levels of all)
    for (const [at, file] of (await encoder(levels)).entries()) {
      const level = levels[at]!;
      bytes += file.length;
      worst = Math.min(worst, likeness(level, { ...level, data: await sharp(file).removeAlpha().raw().toBuffer() }));
    }
  return { bytes, worst };
}

async function eachInTurn<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const done: R[] = [];
  for (const item of items) done.push(await work(item));
  return done;
}
