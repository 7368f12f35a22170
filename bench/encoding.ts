import sharp from "sharp";
import { likeness } from "../providers/compressors/likeness.ts";
import { type Preset, presets } from "../providers/compressors/presets.ts";
import { encode } from "../providers/compressors/sharp.ts";
import type { Pixels } from "../providers/compressors/types.ts";
import { type Comparison, paired, quantile } from "./comparison.ts";
import type { BenchOptions } from "./pixels.ts";
import { cpu, levelsOf } from "./sets.ts";

const formats = ["jpeg", "webp", "avif"] as const;

/** Each entry of the table of presets against sharp's JPEG at quality 80: time, with bytes and likeness beside it. */
export async function encodingBench({ rounds, photos, say }: BenchOptions): Promise<Comparison[]> {
  const levels: (readonly Pixels[])[] = [];
  for (const { bytes } of photos) levels.push(await levelsOf(bytes, "b"));
  const comparisons: Comparison[] = [];
  for (const preset of Object.keys(presets) as Preset[])
    for (const format of formats) {
      const what = `${format} ${preset} / sharp's jpeg q80`;
      const [times, sizes, likes]: [number[], number[], number[]] = [[], [], []];
      for (let round = 0; round < (format === "jpeg" ? rounds : 1); round++)
        for (const of of levels) {
          const theirs = await weigh(of, (level) => open(level).jpeg({ quality: 80 }).toBuffer());
          const ours = await weigh(of, async (level) => (await encode(level, format, presets[preset])).bytes);
          times.push(ours.ms / theirs.ms);
          sizes.push(ours.bytes / theirs.bytes);
          likes.push(ours.decibels - theirs.decibels);
          say(`${what}: ${times.at(-1)!.toFixed(2)} of the time, ${sizes.at(-1)!.toFixed(3)} of the bytes`);
        }
      const isDefault = format === "jpeg" && preset === "balanced";
      const note = `${quantile(likes, 0.5).toFixed(1)} dB`;
      const goals = isDefault ? { time: 0.6, bytes: 0.94 } : { time: null, bytes: null };
      comparisons.push(paired({ name: `CPU, ${what}`, ratios: times, goal: goals.time, atMost: true }));
      comparisons.push(paired({ name: `bytes, ${what}`, ratios: sizes, goal: goals.bytes, atMost: true, note }));
    }
  return comparisons;
}

async function weigh(levels: readonly Pixels[], make: (level: Pixels) => Promise<Buffer>) {
  const made: Buffer[] = [];
  const ms = await cpu(async () => {
    for (const level of levels) made.push(await make(level));
  });
  const decibels: number[] = [];
  for (const [at, level] of levels.entries())
    decibels.push(likeness(level, { ...level, data: await sharp(made[at]).removeAlpha().raw().toBuffer() }));
  return { ms, bytes: made.reduce((sum, { length }) => sum + length, 0), decibels: quantile(decibels, 0.5) };
}

const open = ({ data, width, height, channels }: Pixels) => sharp(data, { raw: { width, height, channels } });
