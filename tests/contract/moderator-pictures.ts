import sharp, { type Sharp } from "sharp";
import type { ModerationImage } from "../../providers/moderators/types.ts";

/** Pictures as ingest describes them, made here. */
export const pictures = {
  colourful: async () => still(await noise(7, "#30a060", 640, 480)),
  greyscale: async () => toImage(await (await noise(8, "#777777")).greyscale().toColourspace("b-w").png().toBuffer()),
  "greyscale in 16 bits": async () =>
    toImage(await (await noise(8, "#777777")).greyscale().toColourspace("grey16").png().toBuffer()),
  "half transparent": async () => toImage(await (await noise(9, "#4060a0")).ensureAlpha(0.5).png().toBuffer()),
  "wholly transparent": async () => toImage(await (await noise(9, "#4060a0")).ensureAlpha(0).webp().toBuffer()),
  "in CMYK": async () => toImage(await (await noise(10, "#a06040")).toColourspace("cmyk").jpeg().toBuffer()),
  "one pixel": async () => still(await noise(11, "#a06040", 1, 1)),
  tiny: async () => still(await noise(12, "#a06040", 7, 5)),
  "very wide": async () => still(await noise(13, "#a06040", 6000, 20)),
  "very tall": async () => still(await noise(14, "#a06040", 20, 6000)),
  "a line": async () => still(await noise(15, "#a06040", 12_000, 1)),
  large: async () => toImage(await (await noise(16, "#a06040", 5000, 4000)).jpeg({ quality: 95 }).toBuffer()),
  "turned by its tag": async () =>
    toImage(await (await noise(17, "#a06040", 900, 200)).withMetadata({ orientation: 6 }).jpeg().toBuffer()),
  "a long animation": async () =>
    animated(await Promise.all(Array.from({ length: 12 }, (_, i) => noise(i, "#556677")))),
} satisfies Record<string, () => Promise<ModerationImage>>;

/** Seeded noise around a colour: photographs it is not, but no two seeds look alike. */
export async function noise(seed: number, colour: string, width = 96, height = 64) {
  const { r, g, b } = { r: hex(colour, 1), g: hex(colour, 3), b: hex(colour, 5) };
  const data = Buffer.alloc(width * height * 3);
  let state = seed * 2_654_435_761 + 1;
  for (let i = 0; i < data.length; i += 3) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const shift = (state >>> 24) / 4 - 32;
    data[i] = Math.max(0, Math.min(255, r + shift));
    data[i + 1] = Math.max(0, Math.min(255, g + shift));
    data[i + 2] = Math.max(0, Math.min(255, b + shift));
  }
  return sharp(data, { raw: { width, height, channels: 3 } });
}

const hex = (colour: string, at: number) => Number.parseInt(colour.slice(at, at + 2), 16);

export const still = async (picture: Sharp) => toImage(await picture.png().toBuffer());

export async function animated(frames: readonly Sharp[]): Promise<ModerationImage> {
  const files = await Promise.all(frames.map((frame) => frame.clone().png().toBuffer()));
  return toImage(
    await sharp(files, { join: { animated: true } })
      .webp({ lossless: true })
      .toBuffer(),
  );
}

export async function toImage(bytes: Buffer): Promise<ModerationImage> {
  const { format, pages = 1, autoOrient, width, height } = await sharp(bytes).metadata();
  const upright = pages > 1 ? { width, height } : autoOrient;
  return {
    bytes,
    format: format as ModerationImage["format"],
    width: upright.width,
    height: upright.height,
    frames: pages,
  };
}

type Colour = readonly [red: number, green: number, blue: number];
const white: Colour = [255, 255, 255];
const black: Colour = [0, 0, 0];

/** Things people draw: x and y from 0 to 1. */
const drawings: Readonly<Record<string, (x: number, y: number) => Colour>> = {
  face: (x, y) => {
    const within = (cx: number, cy: number, radius: number) => Math.hypot(x - cx, y - cy) < radius;
    if (within(0.38, 0.4, 0.05) || within(0.62, 0.4, 0.05)) return black;
    if (within(0.5, 0.58, 0.2) && !within(0.5, 0.54, 0.2)) return [200, 30, 30];
    if (within(0.5, 0.5, 0.37)) return [255, 214, 60];
    return within(0.5, 0.5, 0.39) ? black : white;
  },
  chart: (x, y) => {
    if (x < 0.06 || y > 0.94) return y > 0.05 && x > 0.05 && y < 0.95 ? black : white;
    const bar = Math.floor(x * 8);
    const top = [0.8, 0.6, 0.7, 0.35, 0.5, 0.2, 0.3, 0.15][bar] ?? 1;
    return (x * 8) % 1 > 0.3 && y > top ? [40 + bar * 20, 110, 200 - bar * 15] : white;
  },
  landscape: (x, y) => {
    if (Math.hypot(x - 0.8, y - 0.18) < 0.09) return [255, 235, 120];
    if (y > 0.7 + 0.06 * Math.sin(x * 9)) return [60, 120 - 40 * y, 40];
    return y > 0.5 + 0.15 * Math.sin(x * 5 + 1) ? [90, 110, 130] : [90 + 120 * y, 150 + 80 * y, 235];
  },
  gradient: (x, y) => [255 * x, 255 * y, 255 * (1 - x)],
  chequerboard: (x, y) => ((Math.floor(x * 8) + Math.floor(y * 8)) % 2 ? black : white),
};
export const drawingNames = Object.keys(drawings);

/** A drawing in 400 × 400 pixels, as a PNG. */
export async function drawing(name: string): Promise<ModerationImage> {
  const side = 400;
  const data = Buffer.alloc(side * side * 3);
  for (let at = 0; at < side * side; at++)
    data.set(drawings[name]!((at % side) / side, Math.floor(at / side) / side).map(Math.round), at * 3);
  return still(sharp(data, { raw: { width: side, height: side, channels: 3 } }));
}
