import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { inspect } from "../../handlers/pixels/inspect.ts";
import { reason, tooLarge } from "../../handlers/pixels/reasons.ts";
import { limitOptions } from "../../options.ts";
import { animation, noise, oddPictures, oneBitPng, quadrants } from "../fixtures/odd-pictures.ts";

const limits = limitOptions.parse(undefined);
const seenIn = async (bytes: Buffer) => {
  const answer = await inspect(bytes, limits);
  if (answer.verdict === "reject") throw new Error(answer.reason.sentence);
  return answer.seen;
};

describe("odd files made in code", async () => {
  it.each(await oddPictures())("$name", async ({ bytes, expected }) => {
    const answer = await inspect(bytes, limits);
    if (answer.verdict === "accept") expect({ type: answer.seen.format }).toEqual(expected);
    else expect({ code: answer.reason.code }).toEqual(expected);
  });
});

describe("a cut anywhere is seen", async () => {
  const picture = quadrants(600, 400);
  const files = {
    jpeg: await picture.jpeg().toBuffer(),
    "progressive jpeg": await picture.jpeg({ progressive: true }).toBuffer(),
    png: await picture.png().toBuffer(),
    "interlaced png": await picture.png({ progressive: true }).toBuffer(),
    "lossy webp": await picture.webp().toBuffer(),
    "lossless webp": await picture.webp({ lossless: true }).toBuffer(),
    "animated webp": await animation(60, 40, 6),
    avif: await picture.avif({ effort: 0 }).toBuffer(),
    gif: await picture.gif().toBuffer(),
    "animated gif": await animation(60, 40, 6, "gif"),
    tiff: await picture.tiff({ compression: "lzw" }).toBuffer(),
  };
  it.each(Object.entries(files))("%s", async (_, bytes) => {
    expect((await inspect(bytes, limits)).verdict).toBe("accept");
    for (const share of [0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97]) {
      const answer = await inspect(bytes.subarray(0, Math.floor(bytes.length * share)), limits);
      expect(answer, `${share} of the file`).toMatchObject({ verdict: "reject" });
    }
  });
});

describe("limits", () => {
  it("refuses by the header, before anything is decoded", async () => {
    const onlyHeader = oneBitPng(400, 300).subarray(0, 50);
    const answer = await inspect(onlyHeader, { ...limits, maxPixels: 100_000 });
    expect(answer).toMatchObject({ verdict: "reject", reason: { code: "TOO_MANY_PIXELS" }, width: 400, height: 300 });
  });

  it("takes exactly what is allowed and refuses one more", async () => {
    const bytes = await animation(30, 20, 4, "gif");
    const at = (changes: Partial<typeof limits>) => inspect(bytes, { ...limits, ...changes });
    const code = (value: string) => ({ verdict: "reject", reason: { code: value } });
    expect(await at({ maxFrames: 4, maxFramePixels: 2400, maxPixels: 600, maxBytes: bytes.length })).toMatchObject({
      verdict: "accept",
    });
    expect(await at({ maxFrames: 3 })).toMatchObject(code("TOO_MANY_FRAMES"));
    expect(await at({ maxFramePixels: 2399 })).toMatchObject(code("TOO_MANY_FRAME_PIXELS"));
    expect(await at({ maxPixels: 599 })).toMatchObject(code("TOO_MANY_PIXELS"));
    expect(await at({ maxBytes: bytes.length - 1 })).toMatchObject(code("TOO_LARGE"));
  });

  it("knows a file is too large by its size alone", () => {
    expect(tooLarge(100, { maxBytes: 100 })).toBeUndefined();
    expect(tooLarge(52_428_801, { maxBytes: 52_428_800 })).toEqual({
      code: "TOO_LARGE",
      sentence: "The file has 50.1 MB and at most 50 MB are taken. Send a smaller copy.",
    });
  });

  it("says what came, what is allowed and what to do", () => {
    expect(reason("TOO_MANY_FRAMES", { frames: 301, maxFrames: 300 }).sentence).toBe(
      "The animation has 301 frames and at most 300 are taken. Shorten it, or send it as a video elsewhere.",
    );
  });
});

describe("what is seen", () => {
  it("gives the size upright for every orientation", async () => {
    for (const orientation of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const bytes = await quadrants(60, 40).withMetadata({ orientation }).jpeg().toBuffer();
      const upright = orientation < 5 ? { width: 60, height: 40 } : { width: 40, height: 60 };
      expect(await seenIn(bytes), `orientation ${orientation}`).toMatchObject(upright);
    }
  });

  it("tells pictures without colour, JPEG's colour noise included", async () => {
    const bytes = await noise(300, 200, 50).blur(6).linear(6, -640).png().toBuffer();
    const grey = await sharp(bytes).greyscale().toColourspace("srgb").jpeg({ quality: 60 }).toBuffer();
    const noisy = await sharp(grey).linear([1, 1, 1], [4, 0, -4]).jpeg().toBuffer();
    const sepia = await sharp(grey).linear([1, 0.8, 0.6], [0, 0, 0]).jpeg().toBuffer();
    expect((await seenIn(bytes)).greyscale).toBe(false);
    expect((await seenIn(grey)).greyscale).toBe(true);
    expect((await seenIn(noisy)).greyscale).toBe(true);
    expect((await seenIn(sepia)).greyscale).toBe(false);
  });

  it("reports alpha only where something shows through", async () => {
    const opaque = await quadrants(60, 40).ensureAlpha().png().toBuffer();
    const half = await quadrants(60, 40).ensureAlpha(0.5).png().toBuffer();
    expect((await seenIn(opaque)).hasAlpha).toBe(false);
    expect((await seenIn(half)).hasAlpha).toBe(true);
  });

  it("gives lookalikes near hashes and other pictures far ones", async () => {
    const pattern = (seed: number) =>
      sharp({ create: { width: 9, height: 8, channels: 3, background: "#000" } })
        .raw()
        .toBuffer()
        .then((raw) => raw.map((_, i) => ((i + 3 * seed) * (i + seed) * 37) & 255))
        .then((raw) =>
          sharp(raw, { raw: { width: 9, height: 8, channels: 3 } })
            .resize(450, 400, { fit: "fill" })
            .png()
            .toBuffer(),
        );
    const [one, other] = [await pattern(1), await pattern(5)];
    const smaller = await sharp(one).resize(200).jpeg({ quality: 60 }).toBuffer();
    const hash = async (bytes: Buffer) => BigInt(`0x${(await seenIn(bytes)).perceptualHash}`);
    const distance = (a: bigint, b: bigint) => (a ^ b).toString(2).replaceAll("0", "").length;
    expect((await seenIn(one)).perceptualHash).toMatch(/^[0-9a-f]{16}$/);
    expect(distance(await hash(one), await hash(smaller))).toBeLessThanOrEqual(4);
    expect(distance(await hash(one), await hash(other))).toBeGreaterThan(12);
  });

  it("flags a JPEG that was read over stray bytes", async () => {
    const jpeg = await quadrants(60, 40).jpeg().toBuffer();
    const stray = Buffer.concat([jpeg.subarray(0, 20), Buffer.alloc(5), jpeg.subarray(20)]);
    expect(await inspect(jpeg, limits)).toMatchObject({ verdict: "accept", lenient: false });
    expect(await inspect(stray, limits)).toMatchObject({ verdict: "accept", lenient: true });
  });

  it("takes the first page of a TIFF and the first picture of a JPEG with two", async () => {
    const jpeg = await quadrants(60, 40).jpeg().toBuffer();
    const two = Buffer.concat([jpeg, await quadrants(90, 90).jpeg().toBuffer()]);
    expect(await seenIn(two)).toMatchObject({ width: 60, height: 40, frames: 1 });
    const pages = await sharp([oneBitPng(8, 4), oneBitPng(8, 4)], { join: { animated: true } })
      .tiff()
      .toBuffer();
    expect((await sharp(pages).metadata()).pages).toBe(2);
    expect(await seenIn(pages)).toMatchObject({ format: "tiff", width: 8, height: 4, frames: 1 });
  });
});

it("lets libvips open nothing but the six types, nor any file by name", async () => {
  const svg = Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>`);
  await expect(sharp(svg).metadata()).rejects.toThrow();
  await expect(sharp("package.json").metadata()).rejects.toThrow();
});
