import sharp from "sharp";
import { encodeLevel } from "../handlers/compress.ts";
import { inspect } from "../handlers/pixels/inspect.ts";
import { resize } from "../handlers/pixels/resize.ts";
import type { Seen } from "../handlers/record.ts";
import { compressionOptions, limitOptions, renditionOptions } from "../options.ts";
import { sharpCompressor } from "../providers/compressors/sharp.ts";
import { makePhoto } from "../tests/fixtures/photos.ts";
import type { Comparison } from "./run.ts";

export interface BenchOptions {
  readonly rounds: number;
  readonly say: (text: string) => void;
}

const widths = [320, 640, 1280, 1920];
const limits = limitOptions.parse(undefined);
const { preset } = compressionOptions.parse(undefined);

/**
 * Darkroom's pixel work against sharp as people commonly call it, a decode for every output at
 * sharp's default settings, on 12-megapixel photographs: CPU time of this process.
 */
export async function pixelBench({ rounds, say }: BenchOptions): Promise<readonly Comparison[]> {
  say("making three photographs of 12 megapixels");
  const photos = await Promise.all([1, 2, 3].map((seed) => makePhoto({ width: 4000, height: 3000, seed })));
  const comparisons: Comparison[] = [];
  for (const { name, formats, goal } of sets) {
    const ratios: number[] = [];
    for (let round = 0; round < rounds; round++)
      for (const photo of photos) {
        const naive = await cpu(() => naively(photo, formats));
        const ours = await cpu(() => byDarkroom(photo, formats));
        ratios.push(naive / ours);
        say(`${name}: ${(naive / ours).toFixed(2)}`);
      }
    const ratio = median(ratios);
    comparisons.push({ name, ratio, goal, held: ratio >= goal });
  }
  return comparisons;
}

const sets = [
  { name: "naive sharp / darkroom, JPEG", formats: ["jpeg"], goal: 2.3 },
  { name: "naive sharp / darkroom, JPEG and WebP", formats: ["jpeg", "webp"], goal: 2.6 },
] as const satisfies readonly { name: string; formats: readonly ("jpeg" | "webp")[]; goal: number }[];

async function naively(photo: Buffer, formats: readonly ("jpeg" | "webp")[]): Promise<void> {
  const small = [{ width: 150 }, { height: 150 }, { width: 50, height: 50, fit: "inside" as const }];
  for (const size of small) await sharp(photo).autoOrient().resize(size).jpeg().toBuffer();
  for (const width of widths)
    for (const format of formats) await sharp(photo).autoOrient().resize({ width }).toFormat(format).toBuffer();
}

async function byDarkroom(photo: Buffer, formats: readonly ("jpeg" | "webp")[]): Promise<void> {
  const { pixels } = await resize(photo, await seen(photo), renditionOptions.parse({ widths, formats }), limits);
  const compressor = sharpCompressor({ preset });
  for (const level of pixels) await encodeLevel(compressor, level);
}

/** Inspection is ingest's work, not the pixels': done once for each photograph. */
const known = new Map<Buffer, Omit<Seen, "original">>();
async function seen(photo: Buffer): Promise<Omit<Seen, "original">> {
  const before = known.get(photo);
  if (before) return before;
  const inspection = await inspect(photo, limits);
  if (inspection.verdict === "reject")
    throw new Error(`Expected a photograph that is taken: ${inspection.reason.sentence}`);
  known.set(photo, inspection.seen);
  return inspection.seen;
}

/** CPU milliseconds of this process, user and system, all threads. */
async function cpu(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
