import sharp from "sharp";
import { describe, expect, it } from "vitest";
import type { Format } from "../handlers/record.ts";
import { compressorFor } from "../providers/compressors/index.ts";
import { presets } from "../providers/compressors/presets.ts";
import { sharpCompressor } from "../providers/compressors/sharp.ts";
import type { Pixels } from "../providers/compressors/types.ts";
import { chart, compressorContract, decode, drawn } from "./contract/compressor.ts";
import { purseOf } from "./fixtures/memory-costs.ts";

for (const preset of ["fast", "balanced", "smallest"] as const)
  compressorContract(`sharp, ${preset}`, async () => sharpCompressor({ preset }));

const compress = async (pixels: Pixels, format: Format) =>
  sharpCompressor({ preset: "balanced" }).compress(pixels, format);

describe("sharp's encoders", () => {
  it.each(["jpeg", "png", "gif", "webp", "avif"] as const)(
    "give the same %s each time, for its key names its bytes",
    async (format) => {
      const pixels = drawn(300, 200);
      expect((await compress(pixels, format)).bytes.equals((await compress(pixels, format)).bytes)).toBe(true);
    },
  );

  it.each([
    ["jpeg", "sharp jpeg q78 balanced"],
    ["webp", "sharp webp q78 balanced"],
    ["avif", "sharp avif q50 balanced"],
    ["gif", "sharp gif balanced"],
    ["png", "sharp png balanced"],
  ] as const)("say how they made a %s", async (format, method) => {
    expect((await compress(drawn(64, 64), format)).method).toBe(method);
  });

  it("keep every pixel of a PNG, many colours or few", async () => {
    for (const pixels of [drawn(200, 150), chart(200, 150, 256), chart(200, 150, 2), drawn(64, 64, { channels: 4 })]) {
      const { data } = await decode((await compress(pixels, "png")).bytes);
      const visible = (bytes: Buffer) =>
        Buffer.from(bytes.filter((_, i) => pixels.channels === 3 || pixels.data[i - (i % 4) + 3] !== 0));
      expect(visible(data).equals(visible(pixels.data))).toBe(true);
    }
  });

  it("make a palette PNG of few colours, because it is smaller", async () => {
    const pixels = chart(640, 400, 40);
    const { bytes, method } = await compress(pixels, "png");
    expect(method).toBe("sharp png palette balanced");
    const { width, height, channels, data } = pixels;
    expect(bytes.length).toBeLessThan(
      (await sharp(data, { raw: { width, height, channels } }).png(presets.balanced.png).toBuffer()).length,
    );
  });

  it("make a lossless WebP of a chart, because it is smaller, and a lossy one of a photograph", async () => {
    const pixels = chart(640, 400, 300);
    const { bytes, method } = await compress(pixels, "webp");
    expect(method).toBe("sharp webp lossless balanced");
    expect((await decode(bytes)).data.equals(pixels.data)).toBe(true);
    expect((await compress({ ...drawn(640, 400), formats: ["png", "webp"] }, "webp")).method).toBe(
      "sharp webp q78 balanced",
    );
  });

  it("spend more for fewer bytes when asked to", async () => {
    const pixels = drawn(640, 400);
    for (const format of ["jpeg", "webp", "avif"] as const) {
      const [fast, smallest] = [sharpCompressor({ preset: "fast" }), sharpCompressor({ preset: "smallest" })];
      expect((await smallest.compress(pixels, format)).bytes.length, format).toBeLessThan(
        (await fast.compress(pixels, format)).bytes.length,
      );
    }
  });
});

describe("the compressor a stack asked for", () => {
  const mayCall = async () => true;
  const purse = purseOf(0);

  it("is sharp unless tinify is named", () => {
    expect(compressorFor({ kind: "sharp", preset: "fast", quality: "fixed" }, { mayCall }).name).toBe("sharp");
    expect(
      compressorFor({ kind: "tinify", preset: "fast", quality: "fixed" }, { tinifyKey: "key", mayCall, purse }).name,
    ).toBe("tinify");
  });

  it("is refused in words when tinify has no key", () => {
    expect(() =>
      compressorFor({ kind: "tinify", preset: "fast", quality: "fixed" }, { tinifyKey: "", mayCall, purse }),
    ).toThrow("TINIFY_KEY_MISSING");
  });

  it("is refused in words when nobody would count what tinify costs", () => {
    expect(() =>
      compressorFor({ kind: "tinify", preset: "fast", quality: "fixed" }, { tinifyKey: "key", mayCall }),
    ).toThrow("TINIFY_UNPAID");
  });
});
