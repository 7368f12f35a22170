import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { expect, it } from "vitest";
import type { Developed } from "../../cli/develop-file.ts";
import { chromiumPath, launchChromium } from "../browser/chromium.ts";
import { animation, quadrants } from "../fixtures/odd-pictures.ts";
import { canary, makePhoto } from "../fixtures/photos.ts";
import { darkroom, scratch } from "./command.ts";

/** Every file below a folder with its bytes. */
async function contents(dir: string): Promise<Record<string, Buffer>> {
  const entries = (await readdir(dir, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const paths = entries.map(({ parentPath, name }) => join(parentPath, name)).sort();
  return Object.fromEntries(
    await Promise.all(paths.map(async (path) => [path.slice(dir.length + 1), await readFile(path)] as const)),
  );
}

it("makes files that are what it says of them, and the same bytes when run again", async () => {
  const dir = await scratch();
  await writeFile(join(dir, "phone.jpg"), await makePhoto({ width: 600, height: 800, seed: 11, orientation: 6 }));
  await writeFile(join(dir, "moving.gif"), await animation(120, 80, 5, "gif"));
  await writeFile(join(dir, "clear.png"), await quadrants(200, 100).ensureAlpha(0.5).png().toBuffer());
  const run = () =>
    darkroom(["develop", "phone.jpg", "moving.gif", "clear.png", "--out", "out", "--widths", "320,480", "--json"], {
      cwd: dir,
    });

  const ran = await run();
  expect(ran).toMatchObject({ code: 0, stderr: "" });
  const all = ran.json<Developed[]>();
  for (const { status, out, renditions = [], markup } of all) {
    expect(status).toBe("developed");
    for (const { name, url, width, height, format, bytesAfter } of renditions) {
      const bytes = await readFile(join(dir, out!, name));
      expect(url).toBe(name);
      expect(bytes.length).toBe(bytesAfter);
      expect(bytes.includes(canary)).toBe(false);
      const seen = await sharp(bytes).metadata();
      expect([seen.width, seen.height, seen.format === "heif" ? "avif" : seen.format]).toEqual([width, height, format]);
    }
    expect(await readFile(join(dir, out!, "picture.html"), "utf8")).toBe(`${markup!.html}\n`);
    expect(await readFile(join(dir, out!, "amp.html"), "utf8")).toBe(`${markup!.amp}\n`);
  }
  expect(all.map(({ file, width, height }) => [file, width, height])).toEqual([
    ["phone.jpg", 600, 800],
    ["moving.gif", 120, 80],
    ["clear.png", 200, 100],
  ]);
  const before = await contents(join(dir, "out"));
  expect(Object.keys(before)).toContain("phone.jpg/w480.avif");
  expect(Object.keys(before)).toContain("moving.gif/w120.webp");
  expect(Object.keys(before)).toContain("clear.png/w200.png");

  await run();
  expect(await contents(join(dir, "out"))).toEqual(before);
});

it("makes what the flags ask for", async () => {
  const dir = await scratch();
  await writeFile(join(dir, "a.jpg"), await makePhoto({ width: 400, height: 300, seed: 12 }));
  const made = async (...flags: string[]) => {
    const ran = await darkroom(["develop", "a.jpg", "--out", "out", "--json", ...flags], { cwd: dir });
    return ran.json<Developed[]>()[0]!.renditions!;
  };
  const few = await made("--widths", "200, 100,200", "--formats", "webp,webp", "--preset", "fast");
  expect(few.map(({ name }) => name)).toEqual(["w150.jpg", "h150.jpg", "box50.jpg", "w100.webp", "w200.webp"]);
  const bytes = (all: typeof few) => all.reduce((sum, { bytesAfter }) => sum + bytesAfter, 0);
  expect(bytes(await made("--preset", "smallest"))).toBeLessThan(bytes(await made("--preset", "fast")));
});

it("writes nothing for a refused picture, and goes on with the next", async () => {
  const dir = await scratch();
  const whole = await quadrants(60, 40).jpeg().toBuffer();
  await writeFile(join(dir, "cut.jpg"), whole.subarray(0, whole.length / 2));
  await writeFile(join(dir, "good.jpg"), whole);
  const ran = await darkroom(["develop", "cut.jpg", "missing.jpg", "good.jpg", "--out", "out", "--json"], { cwd: dir });
  expect(ran.code).toBe(1);
  expect(ran.json<Developed[]>().map(({ status, reason }) => reason?.code ?? status)).toEqual([
    "TRUNCATED",
    "UNREADABLE",
    "developed",
  ]);
  expect(await readdir(join(dir, "out"))).toEqual(["good.jpg"]);

  await darkroom(["develop", "cut.jpg", "--out", "other"], { cwd: dir });
  expect((await readdir(dir)).sort()).toEqual(["cut.jpg", "good.jpg", "out"]);
});

it("gives each picture a folder of its own inside --out, whatever it is called", async () => {
  const dir = await scratch();
  const bytes = await quadrants(30, 20).png().toBuffer();
  const files = ["...", "x/a.png", "y/a.png", "y/A.png", "-.png", " .png", "\u202e\n.png", "x/../y/../x/a.png", "~"];
  for (const file of files) {
    await mkdir(join(dir, file, ".."), { recursive: true });
    await writeFile(join(dir, file), bytes);
  }
  const before = Object.keys(await contents(dir));

  const ran = await darkroom(
    ["develop", "--out", "in/out", "--formats", "jpeg", "--json", "--", ...files, "..", "x/.."],
    { cwd: dir },
  );

  const all = ran.json<Developed[]>();
  expect(all.slice(-2)).toMatchObject([{ reason: { code: "NOT_A_FILE" } }, { reason: { code: "NOT_A_FILE" } }]);
  const folders = all.flatMap(({ out }) => out ?? []);
  expect(folders.map((folder) => folder.split("/"))).toEqual(
    ["...", "a.png", "a.png-2", "A.png-3", "-.png", " .png", "\u202e\n.png", "a.png-4", "~"].map((name) => [
      "in",
      "out",
      name,
    ]),
  );
  expect(Object.keys(await contents(dir)).filter((file) => !file.startsWith("in/out/"))).toEqual(before);
  for (const folder of folders) expect(await readdir(join(dir, folder))).toContain("w30.jpg");
});

it("ends with 2 where it cannot write, and leaves the file there alone", async () => {
  const dir = await scratch();
  const bytes = await quadrants(30, 20).png().toBuffer();
  await writeFile(join(dir, "a.png"), bytes);
  const ran = await darkroom(["develop", "a.png", "--out", ".", "--json"], { cwd: dir });
  expect(ran.code).toBe(2);
  expect(ran.json()).toMatchObject({ error: { code: "BAD_FOLDER", message: expect.stringContaining("a.png") } });
  expect(await readFile(join(dir, "a.png"))).toEqual(bytes);
});

it.skipIf(chromiumPath === undefined)(
  `writes a page that shows the picture when it is opened as a file${chromiumPath ? "" : " (no Chromium here)"}`,
  async () => {
    const dir = await scratch();
    await writeFile(join(dir, "a b%20#?.jpg"), await makePhoto({ width: 900, height: 600, seed: 13 }));
    const ran = await darkroom(["develop", "a b%20#?.jpg", "--out", "out", "--widths", "320,900"], { cwd: dir });
    expect(ran.code).toBe(0);
    const browser = await launchChromium();
    try {
      const page = await browser.newPage({ viewport: { width: 300, height: 300 } });
      await page.goto(
        new URL(`file://${join(dir, "out").replaceAll("%", "%25")}/${encodeURIComponent("a b%20#?.jpg")}/picture.html`)
          .href,
      );
      await page.waitForFunction(() => document.images[0]?.complete);
      const [source, width] = await page.evaluate(() => [
        document.images[0]!.currentSrc,
        document.images[0]!.naturalWidth,
      ]);
      expect(source).toMatch(/\/w320\.(avif|webp)$/);
      expect(width).toBeGreaterThan(0);
    } finally {
      await browser.close();
    }
  },
);
