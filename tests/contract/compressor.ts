import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import type { Format } from "../../handlers/record.ts";
import type { Compressor, Pixels } from "../../providers/compressors/types.ts";

/** Drawn here: a soft picture with some grain, like a photograph's, the same each time. */
export function drawn(
  width: number,
  height: number,
  more: Partial<Omit<Pixels, "data" | "width" | "height">> = {},
): Pixels {
  const shape = {
    name: `w${width}`,
    channels: 3,
    frames: 1,
    delay: [],
    loop: 0,
    formats: ["jpeg", "webp", "avif"],
    ...more,
  } as const;
  const { channels, frames } = shape;
  const data = Buffer.alloc(width * height * channels * frames);
  let seed = 1;
  for (let i = 0; i < data.length; i += channels) {
    const pixel = i / channels;
    const x = (pixel % width) / width;
    const y = (Math.floor(pixel / width) % height) / height;
    const frame = Math.floor(pixel / (width * height));
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    const grain = (seed % 13) - 6;
    data[i] = 128 + 90 * Math.sin(7 * x + frame) + grain;
    data[i + 1] = 128 + 90 * Math.sin(5 * y + 2 * x) + grain;
    data[i + 2] = 128 + 90 * Math.cos(4 * (x + y) - frame) + grain;
    if (channels === 4) data[i + 3] = x < 0.25 ? 0 : x < 0.5 ? 128 : 255;
  }
  return { ...shape, width, height, data };
}

/** Rings of a few flat colours, sharp at their edges. */
export function chart(width: number, height: number, colours: number): Pixels {
  const palette = Array.from({ length: colours }, (_, i) => [
    (i * 151) % 256,
    (i * 67 + 200) % 256,
    (i * 211 + 90) % 256,
  ]);
  const data = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      data.set(palette[Math.floor(Math.hypot(x, y) / 16) % colours] ?? [], (y * width + x) * 3);
  return {
    name: `w${width}`,
    width,
    height,
    channels: 3,
    frames: 1,
    delay: [],
    loop: 0,
    formats: ["png", "webp", "avif"],
    data,
  };
}

export const decode = (bytes: Buffer) =>
  sharp(bytes, { animated: true, failOn: "warning" }).raw().toBuffer({ resolveWithObject: true });

/** Mean absolute difference of two pictures' samples, 0–255. */
export function difference(a: Buffer, b: Buffer): number {
  expect(b.length).toBe(a.length);
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.abs((a[i] ?? 0) - (b[i] ?? 0));
  return sum / a.length;
}

/** What every compressor can do, whatever it works with. */
export const compressorContract = (name: string, setUp: () => Promise<Compressor>) =>
  describe(`Compressor: ${name}`, () => {
    let compressor: Compressor;
    beforeAll(async () => {
      compressor = await setUp();
    });

    const cases: [string, Format, Pixels][] = [
      ...(["jpeg", "png", "gif", "webp", "avif"] as const).map((format): [string, Format, Pixels] => [
        "a photograph",
        format,
        drawn(320, 200),
      ]),
      ...(["png", "webp", "avif"] as const).map((format): [string, Format, Pixels] => [
        "a chart",
        format,
        chart(320, 200, 200),
      ]),
      ["one pixel", "jpeg", drawn(1, 1)],
      ["a line one pixel high", "webp", drawn(900, 1)],
      ["an odd size", "avif", drawn(33, 17)],
    ];
    it.each(cases)(
      "encodes %s as %s: decodable, of the same size, near, smaller and without metadata",
      async (_, format, pixels) => {
        const { bytes, method } = await compressor.compress(pixels, format);
        const { format: type, compression, ...seen } = await sharp(bytes).metadata();
        expect(compression === "av1" ? "avif" : type).toBe(format);
        expect(seen).toMatchObject({ width: pixels.width, height: pixels.height, hasAlpha: false });
        for (const kind of ["exif", "icc", "xmp", "iptc", "comments"] as const)
          expect(seen[kind], kind).toBeUndefined();
        const { data } = await sharp(bytes, { failOn: "warning" })
          .toColourspace("srgb")
          .removeAlpha()
          .raw()
          .toBuffer({ resolveWithObject: true });
        expect(difference(data, pixels.data)).toBeLessThan(8);
        if (pixels.data.length > 10_000) expect(bytes.length).toBeLessThan(pixels.data.length);
        expect(method.length).toBeGreaterThan(0);
      },
    );

    it.each(["png", "webp", "avif"] as const)("keeps transparency in %s", async (format) => {
      const pixels = drawn(200, 100, { channels: 4, formats: ["png", "webp", "avif"] });
      const { data, info } = await decode((await compressor.compress(pixels, format)).bytes);
      expect(info).toMatchObject({ width: 200, height: 100, channels: 4 });
      for (const [x, alpha] of [
        [10, 0],
        [75, 128],
        [190, 255],
      ] as const)
        expect(Math.abs((data[(50 * 200 + x) * 4 + 3] ?? -1) - alpha)).toBeLessThan(4);
    });

    it("lays transparency on white in JPEG, which has none", async () => {
      const { data, info } = await decode((await compressor.compress(drawn(200, 100, { channels: 4 }), "jpeg")).bytes);
      expect(info.channels).toBe(3);
      expect(data[(50 * 200 + 10) * 3]).toBeGreaterThan(250);
    });

    it.each(["gif", "webp"] as const)("keeps an animation in %s", async (format) => {
      const pixels = drawn(120, 80, { frames: 4, delay: [100, 40, 250, 1000], loop: 3, formats: ["gif", "webp"] });
      const { bytes } = await compressor.compress(pixels, format);
      expect(await sharp(bytes, { animated: true }).metadata()).toMatchObject({
        width: 120,
        pageHeight: 80,
        pages: 4,
        delay: [100, 40, 250, 1000],
        loop: 3,
      });
      const { data } = await sharp(bytes, { animated: true }).removeAlpha().raw().toBuffer({ resolveWithObject: true });
      expect(difference(data, pixels.data)).toBeLessThan(8);
    });

    it.each(["jpeg", "png", "avif"] as const)("keeps an animation's first frame in %s", async (format) => {
      const moving = drawn(120, 80, { frames: 3, delay: [100, 100, 100], formats: ["gif", "webp"] });
      const { data, info } = await decode((await compressor.compress(moving, format)).bytes);
      expect(info).toMatchObject({ width: 120, height: 80 });
      expect(difference(data, moving.data.subarray(0, 120 * 80 * 3))).toBeLessThan(8);
    });
  });
