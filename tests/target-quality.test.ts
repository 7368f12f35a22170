import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { compressionOptions } from "../options.ts";
import { likeness } from "../providers/compressors/likeness.ts";
import { sharpCompressor } from "../providers/compressors/sharp.ts";
import type { Pixels } from "../providers/compressors/types.ts";
import { noise } from "./fixtures/odd-pictures.ts";

const formats = ["jpeg", "webp", "avif"] as const;

async function photograph(blur: number, width: number, height: number): Promise<Pixels> {
  const { data } = await noise(width, height, 60).blur(blur).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const level = { name: `w${width}`, width, height, channels: 3, frames: 1, delay: [], loop: 0 } as const;
  return { ...level, formats: [...formats], data };
}

const decoded = async (bytes: Buffer, like: Pixels) => ({
  ...like,
  data: await sharp(bytes).removeAlpha().raw().toBuffer(),
});
const qualityOf = (method: string) => Number(/q(\d+)/.exec(method)?.[1]);

describe("likeness", () => {
  it("falls with the quality of an encode, and is endless between equals", async () => {
    const pixels = await photograph(1, 320, 240);
    const at = async (quality: number) => {
      const raw = { width: 320, height: 240, channels: 3 } as const;
      return likeness(pixels, await decoded(await sharp(pixels.data, { raw }).jpeg({ quality }).toBuffer(), pixels));
    };
    expect(likeness(pixels, pixels)).toBe(Number.POSITIVE_INFINITY);
    const [good, fair, poor] = [await at(90), await at(60), await at(20)];
    expect(good).toBeGreaterThan(fair);
    expect(fair).toBeGreaterThan(poor);
  });

  it("takes pictures narrower than a block", async () => {
    const pixels = await photograph(1, 3, 20);
    const dark = { ...pixels, data: Buffer.alloc(pixels.data.length) };
    expect(likeness(pixels, pixels)).toBe(Number.POSITIVE_INFINITY);
    expect(likeness(pixels, dark)).toBeLessThan(5);
  });
});

describe("target quality", () => {
  it.each(formats)("asks less of a %s for what is easy, and stays as like for what is hard", async (format) => {
    const [easy, hard] = [await photograph(6, 320, 240), await photograph(0.8, 320, 240)];
    const fixed = sharpCompressor({ preset: "fast" });
    const results = [];
    for (const pixels of [easy, hard]) {
      const { bytes, method } = await sharpCompressor({ preset: "fast", quality: "target" }).compress(pixels, format);
      const plain = await fixed.compress(pixels, format);
      results.push({ quality: qualityOf(method), like: likeness(pixels, await decoded(bytes, pixels)), bytes, plain });
    }
    const [ofEasy, ofHard] = results as [(typeof results)[number], (typeof results)[number]];
    expect(ofEasy.quality).not.toBe(ofHard.quality);
    // The easy and the hard one come out nearer to one another than a fixed quality leaves them.
    const apart = Math.abs(ofEasy.like - ofHard.like);
    const apartFixed = Math.abs(
      likeness(easy, await decoded(ofEasy.plain.bytes, easy)) - likeness(hard, await decoded(ofHard.plain.bytes, hard)),
    );
    expect(apart).toBeLessThan(apartFixed);
  });

  it("takes a large size's quality from the one before, without further tries", async () => {
    const compressor = sharpCompressor({ preset: "fast", quality: "target" });
    const small = await compressor.compress(await photograph(4, 320, 240), "jpeg");
    const large = await compressor.compress(await photograph(0.8, 1320, 1000), "jpeg");
    expect(qualityOf(large.method)).toBe(qualityOf(small.method));
  });

  it("leaves transparency and drawings to the fixed quality", async () => {
    const { data, ...level } = await photograph(4, 64, 64);
    const rgba = await sharp(data, { raw: { width: 64, height: 64, channels: 3 } })
      .ensureAlpha()
      .raw()
      .toBuffer();
    const clear: Pixels = { ...level, channels: 4, data: rgba };
    const { method } = await sharpCompressor({ preset: "balanced", quality: "target" }).compress(clear, "webp");
    expect(method).toContain("webp q78");
  });

  it("is off unless a stack asks for it", () => {
    expect(compressionOptions.parse(undefined).quality).toBe("fixed");
    expect(compressionOptions.parse({ quality: "target" }).quality).toBe("target");
  });
});
