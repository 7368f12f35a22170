import { readFile } from "node:fs/promises";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { inspect } from "../../handlers/pixels/inspect.ts";
import { resize } from "../../handlers/pixels/resize.ts";
import { limitOptions, renditionOptions } from "../../options.ts";
import { type CorpusEntry, sharedFile, sharedJson } from "./shared.ts";

const limits = limitOptions.parse(undefined);
const options = renditionOptions.parse(undefined);
const there = sharedFile("corpus/manifest.json") !== undefined;

describe.skipIf(!there)(`the shared corpus of odd files${there ? "" : " (../shared is absent)"}`, async () => {
  const entries = there ? await sharedJson<CorpusEntry[]>("corpus/manifest.json") : [];

  it.each(entries)("$file: $expected, firm $firm", async ({ file, expected, firm, checks }) => {
    const bytes = await readFile(sharedFile(`corpus/${file}`) as string);
    const answer = await inspect(bytes, limits);
    if (firm) expect(answer.verdict).toBe(expected);
    if (answer.verdict === "reject") return expect(answer.reason.code).toMatch(/^[A-Z_]+$/);

    const { pixels } = await resize(bytes, answer.seen, options, limits);
    for (const level of pixels) {
      const { width, height, channels, frames, data } = level;
      expect(data.length).toBe(width * height * channels * frames);
      const encoded = await sharp(data, { raw: { width, height: height * frames, channels } })
        .jpeg()
        .toBuffer();
      expect((await sharp(encoded).metadata()).exif).toBeUndefined();
      if (checks?.mustNotContain) expect(encoded.includes(checks.mustNotContain)).toBe(false);
    }
    if (checks?.uprightSize) {
      const own = pixels.find(({ name }) => name === `w${checks.uprightSize?.[0]}`);
      expect([own?.width, own?.height]).toEqual(checks.uprightSize);
      expect(cornerOf(own, 3)).toBe(checks.topLeft);
      expect(cornerOf(own, -4)).toBe(checks.topRight);
    }
  });

  it("covers the whole manifest", () => expect(entries).toHaveLength(128));
});

function cornerOf(level: { data: Buffer; width: number; channels: number } | undefined, x: number): string | undefined {
  if (!level) return;
  const at = (3 * level.width + (x < 0 ? level.width + x : x)) * level.channels;
  const [r, g] = [level.data[at] as number, level.data[at + 1] as number];
  return r > g ? "red" : "green";
}
