import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { inspect } from "../../handlers/pixels/inspect.ts";
import { formatsOf, sizesOf } from "../../handlers/pixels/levels.ts";
import { resize } from "../../handlers/pixels/resize.ts";
import { limitOptions, type RenditionOptions, renditionOptions } from "../../options.ts";
import { noise, oddCanary, oddPictures, quadrants } from "../fixtures/odd-pictures.ts";

const limits = limitOptions.parse(undefined);
const defaults = renditionOptions.parse(undefined);

async function develop(bytes: Buffer, options: Partial<RenditionOptions> = {}) {
  const answer = await inspect(bytes, limits);
  if (answer.verdict === "reject") throw new Error(answer.reason.sentence);
  const made = await resize(bytes, answer.seen, { ...defaults, ...options }, limits);
  const level = (name: string) => {
    const found = made.pixels.find((one) => one.name === name);
    if (!found)
      throw new Error(`Expected a level ${name}, but there are ${made.pixels.map((one) => one.name).join(", ")}.`);
    return found;
  };
  return { ...made, level, at: (name: string, x: number, y: number) => pixel(level(name), x, y) };
}

function pixel({ data, width, channels }: { data: Buffer; width: number; channels: number }, x: number, y: number) {
  const from = (y * width + x) * channels;
  return [...data.subarray(from, from + channels)];
}

const sizes = (width: number, height: number, widths = defaults.widths) =>
  Object.fromEntries(sizesOf({ width, height }, widths).map((size) => [size.name, [size.width, size.height]]));

describe("sizes", () => {
  it("is 150 wide, 150 high, within 50 × 50, and every responsive width", () => {
    expect(sizes(4000, 3000)).toEqual({
      w150: [150, 113],
      h150: [200, 150],
      box50: [50, 38],
      w320: [320, 240],
      w640: [640, 480],
      w1280: [1280, 960],
      w1920: [1920, 1440],
    });
  });

  it("ends with the picture's own width where it is narrower than a responsive one", () => {
    expect(Object.keys(sizes(1000, 10))).toEqual(["w150", "h150", "box50", "w320", "w640", "w1000"]);
    expect(Object.keys(sizes(640, 10))).toEqual(["w150", "h150", "box50", "w320", "w640"]);
  });

  it("keeps a small picture's own size in the small levels", () => {
    expect(sizes(40, 30)).toEqual({ w150: [40, 30], h150: [40, 30], box50: [40, 30], w40: [40, 30] });
  });

  it("makes one level of a responsive width of 150", () => {
    expect(sizes(400, 300, [150, 300])).toEqual({
      h150: [200, 150],
      box50: [50, 38],
      w150: [150, 113],
      w300: [300, 225],
    });
  });

  it("neither enlarges nor reaches 0, whatever the shape", () => {
    for (const [width, height] of [
      [1, 1],
      [1, 65_500],
      [65_500, 1],
      [149, 151],
      [7, 3000],
      [50, 50],
      [20_000, 2500],
    ] as const)
      for (const size of sizesOf({ width, height }, [16, 150, 320, 8192])) {
        expect(size.width).toBeGreaterThan(0);
        expect(size.height).toBeGreaterThan(0);
        expect(size.width).toBeLessThanOrEqual(width);
        expect(size.height).toBeLessThanOrEqual(height);
      }
  });
});

describe("formats", () => {
  const size = { name: "w640", width: 640, height: 400, scale: 1, responsive: true };
  it("names the base format first and gives small levels no other", () => {
    expect(formatsOf(size, "png", false, ["avif", "jpeg", "webp"])).toEqual(["png", "avif", "webp"]);
    expect(formatsOf({ ...size, responsive: false }, "png", false, ["avif", "jpeg"])).toEqual(["png"]);
  });
  it("leaves out what a format cannot hold, and never everything", () => {
    expect(formatsOf(size, "gif", true, ["jpeg", "webp", "avif"])).toEqual(["gif", "webp"]);
    expect(formatsOf(size, "gif", true, ["avif"])).toEqual(["gif"]);
    expect(formatsOf({ ...size, height: 16_384 }, "jpeg", false, ["webp", "avif"])).toEqual(["jpeg"]);
    expect(formatsOf({ ...size, height: 16_383 }, "jpeg", false, ["webp", "avif"])).toEqual(["webp", "avif"]);
  });
});

describe("pixels", () => {
  it("stand upright for every orientation", async () => {
    for (const orientation of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const turned = sharp(await quadrants(240, 160).png().toBuffer());
      // The inverse of what the tag asks for, so that the picture is upright through it.
      if ([2, 4, 5, 7].includes(orientation)) turned.flop();
      const stored = sharp(await turned.png().toBuffer()).rotate(
        { 3: 180, 4: 180, 5: 270, 6: 270, 7: 90, 8: 90 }[orientation] ?? 0,
      );
      const bytes = await stored.withMetadata({ orientation }).jpeg({ quality: 95 }).toBuffer();
      const { at, level } = await develop(bytes);
      expect([level("w240").width, level("w240").height], `orientation ${orientation}`).toEqual([240, 160]);
      expect(dominant(at("w150", 10, 10)), `orientation ${orientation}`).toBe("red");
      expect(dominant(at("w150", 140, 10)), `orientation ${orientation}`).toBe("green");
      expect(dominant(at("w150", 10, 90)), `orientation ${orientation}`).toBe("blue");
    }
  });

  // The bounds are mean differences of 255 steps. A cascade without its rule of twice the size is at
  // 1.8 in the first case, a coarse JPEG decode at 3.8 in the second.
  it.each([
    { widths: [320, 400, 500, 640, 800], names: ["w150", "h150", "box50", "w320", "w400", "w800"], bound: 1.45 },
    { widths: [200], names: ["w150", "h150", "box50", "w200"], bound: 2.6 },
  ])("stay within $bound of a full decode scaled by Lanczos: $widths", async ({ widths, names, bound }) => {
    const bytes = await noise(1700, 1130, 60).blur(1).linear(2.5, -190).jpeg({ quality: 92 }).toBuffer();
    const whole = await sharp(bytes).raw().toBuffer();
    const { level } = await develop(bytes, { widths });
    for (const { name, width, height, data } of names.map(level)) {
      const plain = sharp(whole, { raw: { width: 1700, height: 1130, channels: 3 } });
      const expected = await plain.resize(width, height, { fit: "fill" }).raw().toBuffer();
      expect(meanDifference(data, expected), name).toBeLessThan(bound);
    }
  });

  it.each([
    ["8-bit Display P3", () => quadrants(400, 300).withIccProfile("p3").png()],
    ["16-bit Display P3", () => quadrants(400, 300).toColourspace("rgb16").withIccProfile("p3").png()],
    ["16-bit without a profile", () => quadrants(400, 300).toColourspace("rgb16").png()],
    ["P3 JPEG", () => quadrants(400, 300).withIccProfile("p3").jpeg({ quality: 97 })],
    ["P3 WebP", () => quadrants(400, 300).withIccProfile("p3").webp({ lossless: true })],
  ])("keep their colours: %s", async (_, image) => {
    const { at } = await develop(await image().toBuffer());
    const plain = await quadrants(400, 300).raw().toBuffer();
    for (const [x, y] of [
      [50, 50],
      [350, 50],
      [50, 250],
      [350, 250],
    ] as const) {
      const expected = pixel({ data: plain, width: 400, channels: 3 }, x, y);
      for (const [channel, value] of at("w400", x, y).entries())
        expect(Math.abs(value - (expected[channel] as number))).toBeLessThanOrEqual(4);
    }
  });

  it("come from CMYK as what was printed, not as its negative", async () => {
    const { at } = await develop(await quadrants(400, 300).toColourspace("cmyk").jpeg({ quality: 97 }).toBuffer());
    expect(dominant(at("w400", 50, 50))).toBe("red");
    expect(dominant(at("w400", 350, 50))).toBe("green");
    expect(Math.min(...at("w400", 350, 250))).toBeGreaterThan(190);
  });

  it("keep alpha where it is used and drop it where it is not", async () => {
    const opaque = await develop(await quadrants(400, 300).ensureAlpha().png().toBuffer());
    const clear = await develop(await quadrants(400, 300).ensureAlpha(0.25).webp({ lossless: true }).toBuffer());
    expect(opaque.pixels.every(({ channels }) => channels === 3)).toBe(true);
    expect(clear.pixels.every(({ channels }) => channels === 4)).toBe(true);
    expect(Math.abs((clear.at("w150", 20, 20)[3] as number) - 64)).toBeLessThanOrEqual(1);
    expect(clear.resized.baseFormat).toBe("png");
  });

  it("carry nothing hidden in the file", async () => {
    for (const { name, bytes, expected } of await oddPictures()) {
      if ("code" in expected) continue;
      for (const { data } of (await develop(bytes)).pixels) expect(data.includes(oddCanary), name).toBe(false);
    }
  });

  it("hold exactly what their level says", async () => {
    for (const { bytes, expected, name } of await oddPictures()) {
      if ("code" in expected) continue;
      const { pixels, resized } = await develop(bytes);
      expect(resized.levels, name).toEqual(pixels.map(({ data: _, ...level }) => level));
      for (const { width, height, channels, frames, data } of pixels)
        expect(data.length, name).toBe(width * height * channels * frames);
    }
  });
});

describe("base format", () => {
  it("is PNG for graphics, JPEG for photographs however they were saved", async () => {
    const photo = await noise(300, 200, 40).blur(2).png().toBuffer();
    const flat = sharp({ create: { width: 300, height: 200, channels: 3, background: "#3070c0" } });
    expect((await develop(photo)).resized.baseFormat).toBe("jpeg");
    expect((await develop(await flat.png().toBuffer())).resized.baseFormat).toBe("png");
    expect((await develop(await flat.tiff().toBuffer())).resized.baseFormat).toBe("png");
    expect((await develop(await flat.jpeg().toBuffer())).resized.baseFormat).toBe("jpeg");
  });
});

describe("placeholder", () => {
  it("is a ThumbHash and the average colour", async () => {
    const { resized } = await develop(
      await sharp({ create: { width: 300, height: 200, channels: 3, background: "#3070c0" } })
        .png()
        .toBuffer(),
    );
    expect(resized.colour).toBe("#3070c0");
    expect(Buffer.from(resized.placeholder, "base64").length).toBeGreaterThan(4);
  });

  it("weighs colour by what is seen of it", async () => {
    const half = Buffer.from([255, 0, 0, 255, 0, 255, 0, 0]);
    const bytes = await sharp(half, { raw: { width: 2, height: 1, channels: 4 } })
      .png()
      .toBuffer();
    expect((await develop(bytes)).resized.colour).toBe("#ff0000");
  });
});

it("refuses bytes that were never accepted, by a code", async () => {
  const bytes = await quadrants(400, 300).jpeg().toBuffer();
  const seen = { format: "jpeg", width: 400, height: 300, frames: 1, hasAlpha: false } as const;
  const cut = bytes.subarray(0, bytes.length / 2);
  await expect(resize(cut, seen, defaults, limits)).rejects.toMatchObject({
    code: "TRUNCATED",
    reason: { code: "TRUNCATED" },
  });
});

const dominant = ([r, g, b]: number[]) =>
  (["red", "green", "blue"] as const)[[r, g, b].indexOf(Math.max(r ?? 0, g ?? 0, b ?? 0))];

const meanDifference = (a: Buffer, b: Buffer) =>
  a.reduce((sum, value, at) => sum + Math.abs(value - (b[at] as number)), 0) / a.length;
