import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp, { type Sharp } from "sharp";
import { limitOptions } from "../../options.ts";
import { makePhoto } from "../../tests/fixtures/photos.ts";

const side = 7000;

/**
 * The most expensive pictures that are still taken: 49 megapixels in every type, and in the forms
 * of each that have to be held whole while they are decoded. Writes one after the other.
 */
export async function* largeStills(dir: string, say: (text: string) => void): AsyncGenerator<string> {
  const { maxBytes, maxPixels } = limitOptions.parse(undefined);
  if (side ** 2 > maxPixels)
    throw new Error(`Expected ${side} × ${side} pixels to be taken, but the limit is ${maxPixels}.`);
  say("making photographs of 49 megapixels");
  const tile = await makePhoto({ width: side / 4, height: side / 4, seed: 7, format: "png" });
  const sharpTile = await sharp(tile).raw().toBuffer();
  // Without its noise, which no lossless format could hold within the limit.
  const smoothTile = await sharp(tile).blur(4).raw().toBuffer();
  for (const [name, make] of Object.entries(kinds)) {
    const bytes = await make(tiled(sharpTile), tiled(smoothTile)).toBuffer();
    if (bytes.length > maxBytes) throw new Error(`Expected ${name} to be taken, but it has ${bytes.length} bytes.`);
    const file = join(dir, name);
    await writeFile(file, bytes);
    yield file;
  }
}

const kinds: Readonly<Record<string, (photo: Sharp, smooth: Sharp) => Sharp>> = {
  "baseline.jpg": (photo) => photo.jpeg({ quality: 90 }),
  "progressive.jpg": (photo) => photo.jpeg({ quality: 90, progressive: true, chromaSubsampling: "4:4:4" }),
  "plain.png": (_, smooth) => smooth.png({ compressionLevel: 4 }),
  "interlaced-16-bit-alpha.png": (_, smooth) =>
    smooth.ensureAlpha(0.7).toColourspace("rgb16").png({ compressionLevel: 4, progressive: true }),
  "lossy.webp": (photo) => photo.webp({ quality: 80, effort: 0 }),
  "lossless-alpha.webp": (_, smooth) => smooth.ensureAlpha(0.7).webp({ lossless: true, effort: 0 }),
  "photo.avif": (photo) => photo.avif({ quality: 60, effort: 0 }),
  "deflated.tif": (_, smooth) => smooth.tiff({ compression: "deflate", predictor: "horizontal" }),
};

const tiled = (tile: Buffer): Sharp =>
  sharp({ create: { width: side, height: side, channels: 3, background: "#888" } }).composite([
    { input: tile, raw: { width: side / 4, height: side / 4, channels: 3 }, tile: true, blend: "over" },
  ]);
