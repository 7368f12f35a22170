import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { memory } from "@tensorflow/tfjs-core";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nsfwjsModerator } from "../providers/moderators/nsfwjs.ts";
import { nsfwjsAssets } from "../providers/moderators/nsfwjs-assets.ts";
import { moderatorContract } from "./contract/moderator.ts";
import { drawing, drawingNames, noise, pictures, still, toImage } from "./contract/moderator-pictures.ts";

const require = createRequire(import.meta.url);

moderatorContract("nsfwjs", {
  make: () => nsfwjsModerator(),
  failures: [
    { when: "its files are not where it was told", code: "CONFIG", make: () => nsfwjsModerator({ assets: tmpdir() }) },
  ],
});

describe("the embedded classifier", () => {
  it("has a confidence for each of its classes, which sum to 100", async () => {
    const { labels } = await nsfwjsModerator().screen(await pictures.colourful());
    expect(labels.map((label) => label.name).sort()).toEqual(["Drawing", "Hentai", "Neutral", "Porn", "Sexy"]);
    expect(labels.reduce((sum, label) => sum + label.confidence, 0)).toBeCloseTo(100, 0);
  });

  it("sees what a picture is, not only its colours", async () => {
    const moderator = nsfwjsModerator();
    const best = async (name: string) => (await moderator.screen(await drawing(name))).labels[0];
    expect(await best("gradient")).toMatchObject({ name: "Drawing", confidence: expect.closeTo(89, -1) });
    expect(await best("chequerboard")).toMatchObject({ name: "Neutral", confidence: expect.closeTo(96, -1) });
  });

  it.each(drawingNames)("raises no alarm over a drawing of a %s", async (name) => {
    const { confidence, containsNudity } = await nsfwjsModerator().screen(await drawing(name));
    expect(containsNudity).toBe(false);
    expect(confidence).toBeLessThan(40);
  });

  it.each(["#30a060", "#c08060", "#806050", "#202020", "#f0f0f0"])(
    "raises no alarm over noise around %s",
    async (c) => {
      const { confidence } = await nsfwjsModerator().screen(await still(await noise(5, c, 400, 300)));
      expect(confidence).toBeLessThan(40);
    },
  );

  const folder = fileURLToPath(new URL("../../shared/photos/", import.meta.url));
  const photos = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith(".jpg")) : [];
  describe.skipIf(photos.length === 0)(`photographs (skipped where ../shared/photos is absent)`, () => {
    it.each(photos)("raises no alarm over %s", async (file) => {
      const { confidence } = await nsfwjsModerator().screen(await toImage(readFileSync(folder + file)));
      expect(confidence).toBeLessThan(40);
    });
  });

  it("loads one model for all, and keeps no tensors of the pictures", async () => {
    const image = await pictures.tiny();
    await nsfwjsModerator().screen(image);
    const { numTensors, numBytes } = memory();
    await Promise.all(Array.from({ length: 10 }, () => nsfwjsModerator().screen(image)));
    await nsfwjsModerator().screen(await pictures["a long animation"]());
    expect(memory()).toMatchObject({ numTensors, numBytes });
  });

  it("leaves the process's handling of errors alone", async () => {
    await nsfwjsModerator().screen(await pictures.tiny());
    const listeners = (["uncaughtException", "unhandledRejection"] as const).flatMap((event) =>
      process.listeners(event as "uncaughtException"),
    );
    expect(listeners.map(String).join("\n")).not.toMatch(/ExitStatus|throw reason/);
    expect(globalThis).not.toHaveProperty("__dirname");
  });
});

describe("the embedded classifier in a bundle", () => {
  const folder = mkdtempSync(join(tmpdir(), "darkroom-bundle-"));
  const bundle = join(folder, "index.mjs");
  const picture = join(folder, "face.png");
  const program = `
    import { readFileSync } from "node:fs";
    import { nsfwjsModerator } from "./providers/moderators/nsfwjs.ts";
    const image = { bytes: readFileSync(process.argv[2]), type: "png", width: 400, height: 400, frames: 1 };
    const answer = await nsfwjsModerator().screen(image).catch(({ code }) => ({ code }));
    console.log(JSON.stringify(answer));`;
  const run = () => JSON.parse(execFileSync(process.execPath, [bundle, picture], { cwd: tmpdir(), encoding: "utf8" }));

  beforeAll(async () => {
    await build({
      stdin: { contents: program, resolveDir: fileURLToPath(new URL("..", import.meta.url)), loader: "ts" },
      bundle: true,
      platform: "node",
      format: "esm",
      outfile: bundle,
      external: ["sharp"],
      banner: {
        js: `import { createRequire as toRequire } from "node:module"; const require = toRequire(import.meta.url);`,
      },
    });
    // Only sharp is there beside the bundle: no package to find the classifier's files in.
    mkdirSync(join(folder, "node_modules"));
    symlinkSync(
      fileURLToPath(new URL("../node_modules/sharp", import.meta.url)),
      join(folder, "node_modules/sharp"),
      "dir",
    );
    writeFileSync(picture, (await drawing("face")).bytes);
    for (const { from, to } of nsfwjsAssets) copyFileSync(require.resolve(from), join(folder, to));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("answers as it does here, with nothing but its folder", async () => {
    const { confidence } = await nsfwjsModerator().screen(await drawing("face"));
    expect(run()).toMatchObject({ confidence, moderator: "nsfwjs" });
  });

  it("says CONFIG when a file was not copied", () => {
    for (const { to } of nsfwjsAssets) rmSync(join(folder, to));
    expect(run()).toEqual({ code: "CONFIG" });
  });
});
