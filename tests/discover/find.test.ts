import { describe, expect, it } from "vitest";
import { findPlaces, type PageSyntax, syntaxOf } from "../../handlers/discover/find.ts";

const found = (text: string, syntax: PageSyntax) => findPlaces(text, syntax).places;
const references = (text: string, syntax: PageSyntax = "html") =>
  found(text, syntax)
    .filter(({ templated }) => !templated)
    .map(({ reference }) => reference);

describe("HTML", () => {
  it.each([
    ["an img", '<img src="a.jpg">', ["a.jpg"]],
    [
      "in any case, with any quotes or none",
      "<IMG SRC='a.jpg'><img src=b.jpg><img src = \"c.jpg\">",
      ["a.jpg", "b.jpg", "c.jpg"],
    ],
    ["character references", '<img src="a&amp;b&#46;jpg">', ["a&b.jpg"]],
    ["the widest of a srcset", '<img src="a.jpg" srcset="s.jpg 100w, l.jpg 900w">', ["l.jpg"]],
    ["the densest of a srcset", '<img src="a.jpg" srcset="b.jpg 2x, c.jpg 3x">', ["c.jpg"]],
    ["src beside lower densities", '<img src="a.jpg" srcset="b.jpg 0.5x">', ["a.jpg"]],
    ["a picture", '<picture><source srcset="w.jpg" media="x"><img src="n.jpg"></picture>', ["w.jpg", "n.jpg"]],
    ["no source of a video", '<video poster="p.jpg"><source src="v.mp4"></video>', ["p.jpg"]],
    ["a picture button", '<input type="image" src="b.png"><input src="no.png">', ["b.png"]],
    ["a preload", '<link rel="preload" as="image" href="a.jpg"><link rel="icon" href="i.png">', ["a.jpg"]],
    ["amp-img", '<amp-img src="a.jpg" width="4" height="3"></amp-img>', ["a.jpg"]],
    ["a style element", "<style>a{background:url(a.jpg)}</style>", ["a.jpg"]],
    ["a style attribute", '<p style="background:url(&quot;a&amp;b.jpg&quot;)">', ["a&b.jpg"]],
    [
      "noscript and template",
      '<noscript><img src="a.jpg"></noscript><template><img src="b.jpg"></template>',
      ["a.jpg", "b.jpg"],
    ],
    [
      "nothing in scripts, comments and text",
      "<script>'<img src=a.jpg>'</script><!-- <img src=b.jpg> --><textarea><img src=c.jpg></textarea>",
      [],
    ],
    ["nothing in SVG", '<svg><image href="a.jpg"/></svg>', []],
    ["an img that is never closed by the page", '<div><table><img src="a.jpg"', []],
    ["an img in a broken table", '<table><tr><img src="a.jpg"><div>', ["a.jpg"]],
    ["no empty addresses", '<img src=""><img><img src=" ">', []],
  ])("%s", (_, html, expected) => {
    expect(references(html)).toEqual(expected);
  });

  it("knows the base, AMP, and a page for narrow screens", () => {
    const page = '<html ⚡><base href="/x/"><base href="/y/"><meta name="Viewport" content="width=device-width">';
    expect(findPlaces(page, "html")).toMatchObject({ base: "/x/", amp: true, responsive: true });
    expect(findPlaces("<p>", "html")).toMatchObject({ base: undefined, amp: false, responsive: false });
  });

  it("reads pages nested deeper than any call stack", () => {
    expect(references(`${"<div>".repeat(20_000)}<img src="a.jpg">`)).toEqual(["a.jpg"]);
  });

  it.each([
    ["Liquid", '<img src="{{ page.image }}">'],
    ["Liquid around an attribute", '<img {% if x %}src="a.jpg"{% endif %}>'],
    ["attributes that a template adds", '<img src="a.jpg" {{ attrs }}>'],
    ["ERB", '<img src="<%= url %>/a.jpg">'],
    ["PHP", "<?php if ($a->b) echo '<img src=\"a.jpg\">'; ?>"],
    ["PHP to the end", "<?php if ($a->b) echo '<img src=\"a.jpg\">';"],
  ])("leaves what %s decides", (_, html) => {
    expect(references(html)).toEqual([]);
  });

  it("takes an img of which a template decides only the text", () => {
    expect(references('{{ head }}<img src="a.jpg" alt="{{ page.title }}"><% end %>')).toEqual(["a.jpg"]);
  });
});

describe("Markdown", () => {
  it.each([
    ["an image", '![x](a.jpg "title")', ["a.jpg"]],
    ["escapes and brackets", "![x](<a b.jpg>) ![y](c\\_d.jpg)", ["a b.jpg", "c_d.jpg"]],
    ["an image that is a link", "[![x](a.jpg)](b.jpg)", ["a.jpg"]],
    [
      "references",
      "![x][one] ![Two][] ![three]\n\n[ONE]: 1.jpg\n[two]: <2.jpg>\n[three]: 3.jpg 'title'",
      ["1.jpg", "2.jpg", "3.jpg"],
    ],
    ["no address that a link leads to as well", "![x][a] [y][a] [z]\n\n[a]: a.jpg\n[z]: z.jpg", []],
    ["HTML", '<img src="a.jpg">\n\ntext <img src="b.jpg"> text', ["a.jpg", "b.jpg"]],
    [
      "a picture over several pieces of HTML",
      'x <picture><source srcset="w.jpg"> <img src="n.jpg"></picture>',
      ["w.jpg", "n.jpg"],
    ],
    ["no code", "`![x](a.jpg)`\n\n    ![x](b.jpg)\n\n```html\n<img src=c.jpg>\n```\n", []],
    ["no front matter", "---\ncover: ![x](a.jpg)\n---\n\n![y](b.jpg)", ["b.jpg"]],
  ])("%s", (_, text, expected) => {
    expect(references(text, "markdown")).toEqual(expected);
  });
});

describe("CSS", () => {
  it.each([
    [
      "url() with any quotes",
      "a{background:url( a.jpg ), url('b.jpg') no-repeat, url(\"c.jpg\")}",
      ["a.jpg", "b.jpg", "c.jpg"],
    ],
    ["escapes", "a{background-image:url(a\\ b.jpg)}", ["a b.jpg"]],
    ["image-set()", 'a{background:image-set("a.jpg" 1x, url(b.jpg) 2x)}', ["a.jpg", "b.jpg"]],
    ["inside at-rules", "@media print{@supports (a:b){a{list-style:url(a.png)}}}", ["a.png"]],
    [
      "no fonts, imports, cursors and filters",
      "@import url(a.css);@font-face{src:url(f.woff)}a{cursor:url(c.png),auto;filter:url(#f)}",
      [],
    ],
    ["the rest of a broken sheet", "a{b:c;;;}}} b{background:url(a.jpg)} c{", ["a.jpg"]],
    ["no comments", "a{/* background:url(a.jpg) */}", []],
  ])("%s", (_, css, expected) => {
    expect(references(css, "css")).toEqual(expected);
  });
});

it.each(["html", "markdown", "css"] as const)(
  "counts from the first character of %s, byte order mark and all",
  (syntax) => {
    const picture = { html: '<img src="a.jpg">', markdown: "![x](a.jpg)", css: "a{background:url(a.jpg)}" }[syntax];
    for (const before of ["", "\ufeff", "\ufeff\r\n\r\nä🎈\r\n\r\n"]) {
      const text = before + (syntax === "css" ? picture.replace("a{", before ? "x{}a{" : "a{") : picture);
      const [place] = found(text, syntax);
      const { start, end } = place!.kind === "address" ? place! : place!.tag;
      const expected = { html: '<img src="a.jpg">', markdown: "a.jpg", css: "url(a.jpg)" }[syntax];
      expect(text.slice(start, end)).toBe(expected);
    }
  },
);

it("knows pages by the ending of their name", () => {
  expect(["a.html", "A.HTM", "x.liquid", "r.md", "s.css"].map(syntaxOf)).toEqual([
    "html",
    "html",
    "html",
    "markdown",
    "css",
  ]);
  expect(["a.js", "html", ".html/x", "a.html.bak"].map(syntaxOf)).toEqual([undefined, undefined, undefined, undefined]);
});
