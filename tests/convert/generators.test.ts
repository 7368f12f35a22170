import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse, parseFragment, serialize } from "parse5";
import type { Browser, Page } from "playwright-core";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Totals } from "../../cli/convert/report.ts";
import { chromiumPath, launchChromium } from "../browser/chromium.ts";
import { darkroom, scratch } from "../cli/command.ts";
import { makePhoto } from "../fixtures/photos.ts";
import { generators } from "./generators.ts";
import { serveFolder } from "./serve.ts";
import { brokenReferences, hashesOf } from "./site.ts";

/** Mean difference of a channel, of 255, that lossy compression at this quality may make on a page of photographs. */
const tolerance = 4;

const views = [
  { width: 1200, height: 800 },
  { width: 390, height: 800 },
];

let browser: Browser | undefined;
let pictures: Readonly<Record<string, Buffer>>;
beforeAll(async () => {
  if (chromiumPath !== undefined) browser = await launchChromium();
  const photo = (seed: number, width: number, height: number) => makePhoto({ seed, width, height });
  const dense = await photo(32, 1000, 1000);
  pictures = {
    "one.jpg": await photo(31, 600, 400),
    "two.jpg": await sharp(dense).resize(500).jpeg({ quality: 92 }).toBuffer(),
    "two-dense.jpg": dense,
    "hero.jpg": await photo(33, 900, 300),
  };
});
afterAll(() => browser?.close());

describe.each(generators)("a site that $name made", ({ generate }) => {
  it(`is whole after the conversion, looks the same${chromiumPath ? "" : " (not looked at: no Chromium here)"}, and is not changed a second time`, async () => {
    const made = await generate(await scratch(), pictures);
    const out = `${made}-converted`;
    const run = (...args: string[]) => darkroom(["convert", ...args, "--preset", "fast", "--json"]);

    const first = await run(made, "--out", out);
    expect(first.code).toBe(0);
    const { references, pictures: counted } = first.json<{ totals: Totals }>().totals;
    expect(references.changed).toBeGreaterThanOrEqual(4);
    expect(counted).toEqual({ converted: expect.any(Number) });
    expect(await brokenReferences(out)).toEqual([]);
    const [before, after] = [await hashesOf(made), await hashesOf(out)];
    const pages = Object.keys(before).filter((path) => path.endsWith(".html"));
    for (const path of Object.keys(before).filter((one) => !/\.(html|css)$/.test(one)))
      expect(after[path]).toBe(before[path]);
    for (const path of pages)
      expect(withoutPictures(await readFile(join(out, path), "utf8"))).toBe(
        withoutPictures(await readFile(join(made, path), "utf8")),
      );

    if (browser) await lookTheSame(browser, made, out, pages);

    await run(out);
    expect(await hashesOf(out)).toEqual(after);
  });
});

/** What the browser would make of a page, with its pictures reduced to what a conversion may not change. */
function withoutPictures(text: string): string {
  const page = serialize(parse(text));
  const bare = page
    .replace(/<picture style="display:contents">([\s\S]*?)<\/picture>/g, "$1")
    .replace(/<source [^>]*>/g, "")
    .replace(/ (?:src|srcset|sizes|loading|decoding)="[^"]*"(?=[^<]*>)/g, "");
  return serialize(parseFragment(bare));
}

async function lookTheSame(chromium: Browser, before: string, after: string, pages: readonly string[]): Promise<void> {
  const servers = [await serveFolder(before), await serveFolder(after)] as const;
  try {
    for (const viewport of views)
      for (const path of pages) {
        const page = await chromium.newPage({ viewport });
        const [one, other] = [
          await shot(page, `${servers[0].url}/${path}`),
          await shot(page, `${servers[1].url}/${path}`),
        ];
        await page.close();
        expect({ path, ...other.info }).toEqual({ path, ...one.info });
        const difference = one.data.reduce((sum, value, at) => sum + Math.abs(value - other.data[at]!), 0);
        expect(difference / one.data.length).toBeLessThan(tolerance);
      }
  } finally {
    for (const server of servers) await server.close();
  }
}

async function shot(page: Page, url: string) {
  const failed: string[] = [];
  page.on("response", (response) => void (response.status() >= 400 && failed.push(response.url())));
  await page.goto(url, { waitUntil: "load" });
  await page.evaluate(async () => {
    for (const image of document.images) image.loading = "eager";
    await Promise.all([...document.images].map((image) => image.decode()));
  });
  expect(failed.filter((one) => !one.endsWith("/favicon.ico"))).toEqual([]);
  const { data, info } = await sharp(await page.screenshot({ fullPage: true }))
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, info: { width: info.width, height: info.height } };
}
