import sharp from "sharp";
import { likeness } from "../providers/compressors/likeness.ts";
import type { Pixels } from "../providers/compressors/types.ts";
import { type Comparison, quantile } from "./comparison.ts";
import type { BenchOptions } from "./pixels.ts";
import { levelsOf } from "./sets.ts";

/** Mean SSIM that a size may lose against a Lanczos of the whole decode, before any encoder: 23 dB. */
const margin = 0.005;

/** How near every size comes to one scaled by Lanczos from the whole picture: the worst of all photographs counts. */
export async function fidelityBench({ photos, say }: Pick<BenchOptions, "photos" | "say">): Promise<Comparison[]> {
  const lost = new Map<string, number[]>();
  const lostNaively: number[] = [];
  for (const { name: photo, bytes } of photos)
    for (const level of await levelsOf(bytes, "b")) {
      const whole = await wholeLanczos(bytes, level);
      const [ours, naive] = [lossOf(whole, level), lossOf(whole, { ...level, data: await shrunkOnLoad(bytes, level) })];
      say(`fidelity, ${photo}, ${level.name}: ${ours.toFixed(5)} lost, sharp's shrink-on-load ${naive.toFixed(5)}`);
      lost.set(level.name, [...(lost.get(level.name) ?? []), ours]);
      lostNaively.push(naive);
    }
  const worst = Math.max(...[...lost.values()].flat());
  return [...lost].map(([name, values]) => {
    const ratio = Math.max(...values) / margin;
    return {
      name: `SSIM lost by ${name} before encoding / the margin of ${margin}, worst photograph`,
      ratio,
      goal: 1,
      atMost: true,
      held: ratio <= 1,
      spread: [quantile(values, 0.25) / margin, quantile(values, 0.75) / margin],
      ...(Math.max(...values) === worst && {
        note: `sharp's shrink-on-load at its worst ${Math.max(...lostNaively).toFixed(4)}`,
      }),
    };
  });
}

/** Mean SSIM short of 1. */
const lossOf = (a: Pixels, b: Pixels) => 10 ** (-likeness(a, b) / 10);

async function wholeLanczos(bytes: Buffer, level: Pixels): Promise<Pixels> {
  // In two calls: in one, sharp shrinks on load.
  const { data, info } = await sharp(bytes).autoOrient().removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const raw = { width: info.width, height: info.height, channels: 3 as const };
  const scaled = await sharp(data, { raw }).resize(level.width, level.height, { fit: "fill" }).raw().toBuffer();
  return { ...level, data: scaled };
}

const shrunkOnLoad = (bytes: Buffer, { width, height }: Pixels) =>
  sharp(bytes).autoOrient().resize(width, height, { fit: "fill" }).removeAlpha().raw().toBuffer();
