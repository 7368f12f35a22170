import { describe, expect, it } from "vitest";
import type { Replacement } from "../../handlers/discover/edits.ts";
import type { PageSyntax } from "../../handlers/discover/find.ts";
import { left } from "../../handlers/discover/left.ts";
import { picturesOf, rewritePage } from "../../handlers/discover/page.ts";
import { textOf } from "../../handlers/discover/rewrite.ts";
import { ampValidator } from "../amp/validate.ts";
import { replacement } from "./replacement.ts";

const site = { root: "/", published: "assets/darkroom/" };
const usual = replacement();

interface Options {
  readonly syntax?: PageSyntax;
  readonly picture?: Replacement;
  readonly markup?: "picture" | "srcset";
  readonly sizes?: string;
}

const rewritten = (text: string, { syntax = "html", picture = usual, markup = "picture", sizes }: Options = {}) =>
  rewritePage({ path: "index.html", text, syntax }, site, () => picture, { markup, sizes });

const set = (format: string, at = "assets/darkroom/p") => `${at}/w400.${format} 400w, ${at}/w800.${format} 800w`;
const own = 'sizes="800px"';
const sources = (sizes = own, end = ">") =>
  ["avif", "webp"]
    .map((format) => `<source type="image/${format}" srcset="${set(format)}" ${sizes} hidden${end}`)
    .join("");
const open = '<picture style="display:contents">';
const eager = 'loading="eager" decoding="async"';
const src = 'src="assets/darkroom/p/w800.jpeg"';
const srcset = `srcset="${set("jpeg")}"`;

describe("what becomes of", () => {
  it.each([
    ["an img", '<img src="a.jpg">', `${open}${sources()}<img ${src} ${srcset} ${own} ${eager}></picture>`],
    [
      "its other attributes: nothing",
      "<IMG CLASS=x id='y' alt=\"A &amp; &eacute;\" SRC=a.jpg data-x>",
      `${open}${sources()}<IMG CLASS=x id='y' alt="A &amp; &eacute;" ${src} data-x ${srcset} ${own} ${eager}></picture>`,
    ],
    [
      "a width: it says how large it is shown",
      '<img src="a.jpg" width="200" height="150">',
      `${open}${sources('sizes="200px"')}<img ${src} width="200" height="150" ${srcset} sizes="200px" ${eager}></picture>`,
    ],
    [
      "what it says of loading, and its sizes: kept",
      '<img src="a.jpg" sizes="50vw" loading="lazy" decoding="sync">',
      `${open}${sources('sizes="50vw"')}<img ${src} sizes="50vw" loading="lazy" decoding="sync" ${srcset}></picture>`,
    ],
    [
      "widths without sizes, which mean 100vw",
      '<img srcset="a.jpg 900w">',
      `${open}${sources('sizes="100vw"')}<img ${srcset} ${src} sizes="100vw" ${eager}></picture>`,
    ],
    [
      "a denser file, which is shown smaller",
      '<img src="a.jpg" srcset="a2.jpg 2x">',
      `${open}${sources('sizes="400px"')}<img ${src} ${srcset} sizes="400px" ${eager}></picture>`,
    ],
    [
      "a page for narrow screens",
      '<meta name="viewport"><img src="a.jpg">',
      `<meta name="viewport">${open}${sources('sizes="(max-width: 800px) 100vw, 800px"')}<img ${src} ${srcset} sizes="(max-width: 800px) 100vw, 800px" ${eager}></picture>`,
    ],
    [
      "XML: closed as it was",
      '<img src="a.jpg" />',
      `${open}${sources(own, "/>")}<img ${src} ${srcset} ${own} ${eager} /></picture>`,
    ],
    [
      "a picture: its formats go into it",
      '<picture class="p">\n  <img src="a.jpg">\n</picture>',
      `<picture class="p">\n  ${sources()}<img ${src} ${srcset} ${own} ${eager}>\n</picture>`,
    ],
    [
      "a source without type: one for each format, with its media",
      '<picture><source media="(min-width: 9px)" srcset="a.jpg"><img alt=""></picture>',
      `<picture>${["avif", "webp"].map((format) => `<source media="(min-width: 9px)" srcset="${set(format)}" type="image/${format}" ${own} hidden>`).join("")}<source media="(min-width: 9px)" ${srcset} ${own}><img alt=""></picture>`,
    ],
    [
      "a source with a type: it stays what it says, and the img adds what is missing before it",
      '<picture><source type="image/webp" srcset="a.webp"><img src="a.jpg" loading="lazy" decoding="auto"></picture>',
      `<picture><source type="image/avif" srcset="${set("avif")}" ${own} hidden><source type="image/webp" srcset="${set("webp")}" ${own}><img ${src} loading="lazy" decoding="auto" ${srcset} ${own}></picture>`,
    ],
    ["a poster", "<video poster='a.jpg' controls>", '<video poster="assets/darkroom/p/w800.jpeg" controls>'],
    [
      "CSS",
      "<style>a{background:red url('a.jpg') 0 0}</style>",
      "<style>a{background:red url(assets/darkroom/p/w800.jpeg) 0 0}</style>",
    ],
    [
      "CSS in an attribute",
      "<p style='font-family:&quot;F&quot;;background:url(&quot;a.jpg&quot;)'>",
      "<p style='font-family:&quot;F&quot;;background:url(assets/darkroom/p/w800.jpeg)'>",
    ],
    [
      "a preload: what its img will choose",
      '<link rel="preload" as="image" href="a.jpg">',
      `<link rel="preload" as="image" href="assets/darkroom/p/w800.jpeg" imagesrcset="${set("avif")}" imagesizes="800px" type="image/avif">`,
    ],
    ["AMP: no picture", '<html amp><img src="a.jpg">', `<html amp><img ${src} ${srcset} ${own}>`],
    [
      "amp-img: a fallback inside",
      '<html amp><amp-img id="i" src="a.jpg" width="8" height="6"></amp-img>',
      `<html amp><amp-img id="i" src="assets/darkroom/p/w800.avif" width="8" height="6" srcset="${set("avif")}"><amp-img ${src} width="8" height="6" fallback ${srcset}></amp-img></amp-img>`,
    ],
  ])("%s", (_, before, after) => {
    const made = rewritten(before);
    expect(made.text).toBe(after);
    expect(rewritten(made.text)).toMatchObject({ text: after, changed: 0, left: [] });
  });

  it.each([
    [
      "markdown",
      '![x](a.jpg "t") ![y][z]\r\n\r\n[z]: <a b.jpg>',
      '![x](assets/darkroom/p/w800.jpeg "t") ![y][z]\r\n\r\n[z]: <assets/darkroom/p/w800.jpeg>',
    ],
    ["css", 'a{background:url("a.jpg")}', "a{background:url(assets/darkroom/p/w800.jpeg)}"],
  ] as const)("%s", (syntax, before, after) => {
    expect(rewritten(before, { syntax }).text).toBe(after);
    expect(rewritten(after, { syntax }).changed).toBe(0);
  });

  it("pages whose style sheets must find no picture", () => {
    expect(rewritten('<img src="a.jpg">', { markup: "srcset", sizes: "9px" }).text).toBe(
      `<img ${src} ${srcset} sizes="9px" ${eager}>`,
    );
  });

  it("the second picture of a page: it loads when it comes into sight", () => {
    expect(rewritten('<img src="a.jpg"><img src="a.jpg">').text.match(/loading="\w+"/g)).toEqual([
      'loading="eager"',
      'loading="lazy"',
    ]);
  });

  it("a picture published elsewhere: its own addresses", () => {
    const picture = replacement({ at: "https://cdn.example.com/p" });
    const elsewhere = { root: "https://example.com/", published: "https://cdn.example.com/" };
    const page = { path: "a/b.html", syntax: "html" as const, text: '<img src="a.jpg">' };
    const made = rewritePage(page, elsewhere, () => picture, { markup: "picture" });
    expect(made.text).toContain(`src="https://cdn.example.com/p/w800.jpeg"`);
    expect(rewritePage({ ...page, text: made.text }, elsewhere, () => picture, { markup: "picture" }).changed).toBe(0);
  });
});

describe("what stays", () => {
  it.each([
    ["NOTHING_GAINED", '<img src="a.jpg">', replacement({ bytes: 400 })],
    ["NOTHING_GAINED", "<video poster=a.jpg>", replacement({ bytes: 400 })],
    ["NOTHING_GAINED", '<img src="a.jpg">', { ...usual, renditions: [] }],
    ["SIZE_WOULD_CHANGE", "<p style='background:url(a.jpg)'>", replacement({ widths: [400] })],
    ["FORMAT_NOT_MADE", '<picture><source type="image/gif" srcset="a.gif"></picture>', usual],
    ["FORMAT_NOT_MADE", `<p style='background:image-set("a.png" type("image/png"))'>`, { ...usual, format: "png" }],
  ] as const)("%s: %s", (code, html, picture) => {
    expect(rewritten(html, { picture })).toMatchObject({ text: html, changed: 0, left: [{ reason: { code } }] });
  });

  it("says why, for each, and changes the others", () => {
    const text = '<img src="no.jpg"><img src="{{ x }}"><img src="data:,"><img src="a.jpg">';
    const refusal = { code: "NUDITY", sentence: "…" };
    const made = rewritePage(
      { path: "x.html", text, syntax: "html" },
      site,
      (path) => (path === "no.jpg" ? refusal : usual),
      { markup: "srcset" },
    );
    expect(made.text.startsWith(text.slice(0, text.lastIndexOf("<img")))).toBe(true);
    expect(made.changed).toBe(1);
    expect(made.left).toEqual([
      { reference: "no.jpg", reason: refusal },
      { reference: "{{ x }}", reason: left("TEMPLATE") },
      { reference: "data:,", reason: left("DATA") },
    ]);
  });
});

it("asks for each picture once, in its own size where one address is all there is room for", () => {
  const text =
    '<img src="a.jpg"><img src="/a.jpg?x"><p style="background:url(b.jpg)"><img src="b.jpg"><img src="data:,">';
  expect(picturesOf({ path: "x.html", text, syntax: "html" }, site)).toEqual({
    wanted: [
      { path: "a.jpg", ownSize: false },
      { path: "b.jpg", ownSize: true },
    ],
    left: [{ reference: "data:,", reason: left("DATA") }],
  });
});

it("passes AMP's own rules", async () => {
  const validate = await ampValidator();
  const body = '<amp-img src="a.jpg" width="8" height="6" layout="responsive" alt="x" class="y"></amp-img>';
  const page = rewritten(`<html amp>${body}`, { picture: replacement({ at: "https://cdn.example.com/p" }) }).text;
  expect(page).toContain("fallback");
  expect(validate(page.replace("<html amp>", ""))).toEqual([]);
});

describe("everything else", () => {
  /** What pages hold between pictures, some of it hostile. */
  const fillers = [
    "\r\n",
    "\n\n",
    "\t",
    "ä🎈é",
    "&nbsp;&AMP;&bogus;&#0;",
    "<p CLASS = x>",
    "</p\n>",
    "<br/>",
    "{{ x | y }}",
    "{% if a > b %}",
    "<% if a > b %>",
    "<!-- <img src=c.jpg> -->",
    "<b><i></b></i>",
    "<table><tr>",
    "</div></div>",
    "a < b > c",
    "<?php echo 1; ?>",
    '<a href="a.jpg">',
    "<script>if (a<b) '<img src=s.jpg>'</script>",
    "\u0000",
    "<svg><path/></svg>",
    "]]>",
    "<style>a{b:url(x.woff)}</style>",
  ];
  const pictures = [
    '<img src="a.jpg">',
    "<IMG src=a.jpg alt='<>'>",
    '<picture><img src="b.jpg"/></picture>',
    '<p style="background:url(a.jpg)">',
    "<video poster=p.jpg>",
  ];

  it("of a page is byte for byte as it was", () => {
    let state = 7;
    const random = (below: number) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    let changes = 0;
    for (let round = 0; round < 500; round++) {
      const pieces = Array.from({ length: 12 }, (_, at) =>
        at % 2 ? pictures[random(pictures.length)] : fillers[random(fillers.length)],
      );
      const page = `\ufeff<!doctype html>\r\n${pieces.join("")}`;
      const made = rewritten(page);
      changes += made.changed;
      expect(textOf(Buffer.from(made.text))).toBe(made.text);
      expect(undone(made.text)).toBe(undone(page));
      expect(rewritten(made.text).text).toBe(made.text);
    }
    expect(changes).toBeGreaterThan(1000);
  });

  /** Both texts without what may differ: a page and its rewritten form then are the same. */
  const undone = (text: string) =>
    text
      .replace(/<picture style="display:contents">|<source type="image\/[^>]*>/g, "")
      .replace(/<\/picture>/g, "")
      .replace(/<picture>/g, "")
      .replace(/ (srcset|sizes|loading|decoding)="[^"]*"/g, "")
      .replace(/(src|poster)=("assets[^"]*"|"?\w\.jpg"?)/g, "$1")
      .replace(/url\([^)]*\.jp[^)]*\)/g, "url");
});
