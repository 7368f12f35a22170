import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import type { Conversion } from "../../cli/convert/convert-site.ts";
import type { Totals } from "../../cli/convert/report.ts";
import { brokenReferences, hashesOf, writeSite } from "../convert/site.ts";
import { makePhoto } from "../fixtures/photos.ts";
import { darkroom, scratch } from "./command.ts";

type Report = Conversion & { readonly totals: Totals };
const fast = ["--widths", "200,400", "--preset", "fast", "--json"];

/** Without what takes long: one format, and nobody asked. */
const quick = [...fast, "--formats", "jpeg,webp", "--no-screen"];

const photo = (seed: number, width = 500, height = 300) => makePhoto({ width, height, seed });
const convert = async (dir: string, ...flags: string[]) => {
  const ran = await darkroom(["convert", dir, ...flags]);
  return { ...ran, report: ran.json<Report>() };
};

it("converts a site in place, and a second time changes nothing", async () => {
  const dir = await scratch();
  const page =
    '\ufeff<!doctype html>\r\n<title>ä&auml;</title><img src="img/a.jpg" alt="&#34;"><img src="/img/b%20b.png">\r\n{{ x }}';
  await writeSite(dir, {
    "img/a.jpg": await photo(1),
    "img/b b.png": await makePhoto({ width: 300, height: 300, seed: 2, format: "png" }),
    "index.html": page,
    "deep/er/page.htm": '<picture><source srcset="../../img/a.jpg"><img src="../../img/a.jpg"></picture>',
    "style.css": ".a{background:url(img/a.jpg)}",
    "post.md": "![x](img/a.jpg)",
    "script.js": "'<img src=\"img/a.jpg\">'",
  });
  const before = await hashesOf(dir);

  const { code, report } = await convert(dir, ...fast);
  expect(code).toBe(0);
  expect(report.totals).toMatchObject({
    pages: { seen: 4, rewritten: 4, refused: 0 },
    references: { changed: 6, left: {} },
    pictures: { converted: 2 },
  });
  expect(report.totals.bytesAfter).toBeLessThan(report.totals.bytesBefore / 2);
  expect(await brokenReferences(dir)).toEqual([]);
  const after = await readFile(join(dir, "index.html"), "utf8");
  expect(after.startsWith("\ufeff<!doctype html>\r\n<title>ä&auml;</title><picture")).toBe(true);
  expect(after.endsWith("</picture>\r\n{{ x }}")).toBe(true);
  const made = await hashesOf(dir);
  for (const path of ["img/a.jpg", "img/b b.png", "script.js"]) expect(made[path]).toBe(before[path]);
  const background = /url\(([^)]+)\)/.exec(await readFile(join(dir, "style.css"), "utf8"))?.[1];
  expect(await sharp(join(dir, background!)).metadata()).toMatchObject({ width: 500, height: 300, format: "jpeg" });

  const again = await convert(dir, ...fast);
  expect(again.report.totals).toMatchObject({ pages: { rewritten: 0 }, references: { changed: 0 }, pictures: {} });
  expect(await hashesOf(dir)).toEqual(made);

  await writeFile(join(dir, "new.html"), '<img src="img/a.jpg">');
  const third = await convert(dir, ...fast);
  expect(third.report.pictures).toMatchObject([{ path: "img/a.jpg", status: "known" }]);
  expect(third.report.totals.references.changed).toBe(1);
});

it("writes nothing in a dry run, and the converted site elsewhere with --out", async () => {
  const dir = await scratch();
  const site = join(dir, "site");
  await writeSite(site, {
    "a.jpg": await photo(3),
    "index.html": '<img src="a.jpg">',
    "latin.html": Buffer.from('<p>\xe4<img src="a.jpg">', "latin1"),
    "other.txt": "x",
    "node_modules/x/readme.md": "![x](a.jpg)",
  });
  const before = await hashesOf(site);
  const dry = await convert(site, "--dry-run", ...quick);
  expect(dry.report.totals).toMatchObject({
    pages: { seen: 2, rewritten: 1, refused: 1 },
    pictures: { wouldConvert: 1 },
  });
  expect(await hashesOf(site)).toEqual(before);

  // Also inside the site, where the next run must not take its own results for pages.
  for (const out of [join(dir, "out"), join(site, "public")]) {
    const { report, code } = await convert(site, "--out", out, ...quick);
    expect(code).toBe(1);
    expect(report.pages).toMatchObject([
      { path: "index.html", changed: 1 },
      { path: "latin.html", changed: 0, reason: { code: "NOT_UTF8" } },
    ]);
    const made = await hashesOf(out);
    expect(made["other.txt"]).toBe(before["other.txt"]);
    expect(made["latin.html"]).toBe(before["latin.html"]);
    expect(Object.keys(made).some((path) => path.startsWith("node_modules"))).toBe(false);
    expect(await brokenReferences(out)).toEqual([]);
    const again = await convert(site, "--out", out, ...quick);
    expect(again.report.pictures).toMatchObject([{ status: "known" }]);
    expect(await hashesOf(out)).toEqual(made);
  }
  const kept = Object.entries(await hashesOf(site)).filter(([path]) => !path.startsWith("public/"));
  expect(Object.fromEntries(kept)).toEqual(before);
});

describe("bad input", () => {
  it("keeps a page's other references when a picture is refused, and says why", async () => {
    const dir = await scratch();
    const whole = await photo(4);
    const names = ["cut.jpg", "missing.jpg", "text.jpg", "../out.jpg", "grey.jpg", "good.jpg"];
    await writeSite(dir, {
      "cut.jpg": whole.subarray(0, whole.length / 2),
      "text.jpg": "no picture",
      "grey.jpg": await sharp(whole).grayscale().jpeg().toBuffer(),
      "good.jpg": whole,
      "index.html": names.map((name) => `<img src="${name}">`).join("\n"),
    });
    const { code, report } = await convert(dir, ...fast);
    expect(code).toBe(1);
    expect(report.pages[0]!.left.map(({ reference, reason }) => [reference, reason.code])).toEqual([
      ["cut.jpg", "TRUNCATED"],
      ["missing.jpg", "MISSING"],
      ["text.jpg", "NOT_AN_IMAGE"],
      ["../out.jpg", "OUTSIDE"],
      ["grey.jpg", "GREYSCALE"],
    ]);
    const lines = (await readFile(join(dir, "index.html"), "utf8")).split("\n");
    expect(lines.slice(0, 5)).toEqual(names.slice(0, 5).map((name) => `<img src="${name}">`));
    expect(lines[5]).toContain("<picture");
    expect((await readdir(join(dir, "assets/darkroom"))).length).toBe(1);

    const trusted = await convert(dir, ...fast, "--greyscale", "screen");
    expect(trusted.report.pictures.find(({ path }) => path === "grey.jpg")?.status).toBe("converted");
  });

  it("does not follow links out of the site", async () => {
    const dir = await scratch();
    const site = join(dir, "site");
    await writeSite(dir, { "secret.jpg": await photo(5), "elsewhere/page.html": '<img src="x.jpg">' });
    await writeSite(site, {
      "index.html": '<img src="link.jpg"><img src="folder/secret.jpg">',
      "inside.jpg": await photo(6),
    });
    await symlink("../secret.jpg", join(site, "link.jpg"));
    await symlink("..", join(site, "folder"));
    await symlink("../elsewhere/page.html", join(site, "linked.html"));
    await symlink(".", join(site, "round"));
    const before = await hashesOf(join(dir, "elsewhere"));
    const { report } = await convert(site, ...quick);
    expect(report.pages.map(({ path }) => path)).toEqual(["index.html"]);
    expect(report.pictures.map(({ reason }) => reason?.code)).toEqual(["OUTSIDE", "OUTSIDE"]);
    expect(await hashesOf(join(dir, "elsewhere"))).toEqual(before);

    await mkdir(join(site, "assets"));
    await symlink("../..", join(site, "assets/darkroom"));
    expect((await convert(site, ...quick)).report).toMatchObject({ error: { code: "BAD_FOLDER" } });
  });

  it("makes a picture again whose renditions were damaged, and takes no picture for known that nobody looked at", async () => {
    const dir = await scratch();
    await writeSite(dir, { "a.jpg": await photo(7), "index.html": '<img src="a.jpg">' });
    await convert(dir, ...quick);
    const made = await hashesOf(dir);
    const [folder = ""] = await readdir(join(dir, "assets/darkroom"));
    const again = async (...flags: string[]) => {
      await writeFile(join(dir, "index.html"), '<img src="a.jpg">');
      return (await convert(dir, ...quick, ...flags)).report.pictures[0]?.status;
    };
    await writeFile(join(dir, "assets/darkroom", folder, "picture.json"), "{");
    expect(await again()).toBe("converted");
    expect(await hashesOf(dir)).toEqual(made);
    expect(await again()).toBe("known");
    await writeFile(join(dir, "index.html"), '<img src="a.jpg">');
    const screened = await convert(dir, ...quick.filter((flag) => flag !== "--no-screen"));
    expect(screened.report.pictures[0]?.status).toBe("converted");
  });

  it.each([
    ["BAD_FOLDER", ["no-such-folder"]],
    ["BAD_FOLDER", ["package.json"]],
    ["BAD_FOLDER", ["docs", "--out", "."]],
    ["BAD_FOLDER", ["docs", "--out", "package.json"]],
    ["BAD_FOLDER", ["docs", "--out", "package.json/site"]],
    ["BAD_FOLDER", ["docs", "--into", "page.md"]],
    ["BAD_FOLDER", ["docs", "--into", "page.md/pictures"]],
    ["BAD_OPTION", ["docs", "--into", "../x"]],
    ["BAD_OPTION", ["docs", "--into", "/"]],
    ["BAD_OPTION", ["docs", "--base", "blog"]],
    ["BAD_OPTION", ["docs", "--widths", "1"]],
    ["BAD_OPTION", ["docs", "--greyscale", "maybe"]],
    ["USAGE", ["docs", "--markup", "div"]],
  ])("%s: darkroom convert %j", async (code, args) => {
    const ran = await darkroom(["convert", ...args, "--dry-run", "--json"]);
    expect(ran.code).toBe(2);
    expect(ran.json()).toMatchObject({ error: { code } });
  });
});
