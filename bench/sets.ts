import sharp, { type Sharp } from "sharp";
import { encodeLevel } from "../handlers/compress.ts";
import { inspect } from "../handlers/pixels/inspect.ts";
import { resize } from "../handlers/pixels/resize.ts";
import type { Seen } from "../handlers/record.ts";
import { compressionOptions, limitOptions, renditionOptions } from "../options.ts";
import { sharpCompressor } from "../providers/compressors/sharp.ts";
import { makePhoto } from "../tests/fixtures/photos.ts";

/** What is made of a picture: the three small sizes as JPEG, and the responsive widths in these formats. */
export const sets = {
  b: ["jpeg"],
  c: ["jpeg", "webp"],
  d: ["jpeg", "webp", "avif"],
} as const;
export type SetName = keyof typeof sets;

export const widths = [320, 640, 1280, 1920] as const;
const limits = limitOptions.parse(undefined);
const { preset } = compressionOptions.parse(undefined);

export interface Photograph {
  readonly name: string;
  readonly bytes: Buffer;
}

/**
 * Photographs of 12 megapixels: as a phone saves them, with a colour profile; as a camera does, without; out of
 * focus; and in little light. Saved so well that they take the two to three megabytes that cameras make of them.
 */
export async function photographs(): Promise<readonly Photograph[]> {
  const scene = (seed: number) => makePhoto({ width: 4000, height: 3000, seed });
  const bare = async (bytes: Buffer, change = (image: Sharp) => image) =>
    change(sharp(bytes, { ignoreIcc: true }))
      .jpeg({ quality: 95 })
      .toBuffer();
  const [phone, camera, other] = [await scene(1), await scene(2), await scene(3)];
  return [
    { name: "phone", bytes: phone },
    { name: "camera", bytes: await bare(camera) },
    { name: "out of focus", bytes: await bare(other, (image) => image.blur(6)) },
    { name: "in little light", bytes: await bare(other, (image) => image.linear(0.45, 8)) },
  ];
}

/** As people commonly call sharp: a decode for every output, default settings. */
export async function naively(photo: Buffer, set: SetName): Promise<void> {
  const small = [{ width: 150 }, { height: 150 }, { width: 50, height: 50, fit: "inside" as const }];
  for (const size of small) await sharp(photo).autoOrient().resize(size).jpeg().toBuffer();
  for (const width of widths)
    for (const format of sets[set]) await sharp(photo).autoOrient().resize({ width }).toFormat(format).toBuffer();
}

/** All levels of a picture, raw. */
export async function levelsOf(photo: Buffer, set: SetName) {
  const options = renditionOptions.parse({ widths: [...widths], formats: [...sets[set]] });
  return (await resize(photo, await seen(photo), options, limits)).pixels;
}

/** Darkroom's pixel work at its default settings: what resize and compress do, without records and stores. */
export async function byDarkroom(photo: Buffer, set: SetName): Promise<void> {
  const compressor = sharpCompressor({ preset });
  for (const level of await levelsOf(photo, set)) await encodeLevel(compressor, level);
}

/** Inspection is ingest's work, not the pixels': done once for each photograph. */
const known = new WeakMap<Buffer, Omit<Seen, "original">>();
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
export async function cpu(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
