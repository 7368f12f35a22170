import sharp from "sharp";
import { rgbaToThumbHash } from "thumbhash";
import { beforeAll, describe, expect, it } from "vitest";
import { type MarkupPicture, markup, withAlt } from "../handlers/markup.ts";
import { placeholderPng } from "../handlers/placeholder-png.ts";
import type { Format, Level, Rendition } from "../handlers/record.ts";
import { ampValidator } from "./amp/validate.ts";

const red = Buffer.from(rgbaToThumbHash(16, 12, Buffer.alloc(16 * 12 * 4, Buffer.from([220, 20, 10, 255])))).toString(
  "base64",
);
const options = { sizes: "(max-width: 600px) 100vw, 600px" };

interface Size {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly formats: readonly Format[];
  readonly channels?: 3 | 4;
}
const thumbnails: Size[] = [
  { name: "w150", width: 150, height: 113, formats: ["jpeg"] },
  { name: "h150", width: 200, height: 150, formats: ["jpeg"] },
  { name: "box50", width: 50, height: 38, formats: ["jpeg"] },
];
const all: Format[] = ["jpeg", "webp", "avif"];
const responsive: Size[] = [
  { name: "w320", width: 320, height: 240, formats: all },
  { name: "w640", width: 640, height: 480, formats: all },
  { name: "w1200", width: 1200, height: 900, formats: all },
];

const pictureOf = (
  sizes: readonly Size[],
  more: Partial<MarkupPicture> = {},
  urlOf = (name: string) => `https://pictures.example.com/p/${name}`,
): MarkupPicture => ({
  width: 1200,
  height: 900,
  placeholder: red,
  colour: "#dc140a",
  baseFormat: "jpeg",
  levels: sizes.map((size): Level => ({ channels: 3, frames: 1, delay: [], loop: 0, ...size })),
  renditions: sizes.flatMap(({ name: level, width, height, formats }) =>
    formats.map(
      (format): Rendition => ({
        name: `${level}.${format}`,
        level,
        width,
        height,
        format,
        bytesBefore: 1,
        bytesAfter: 1,
        method: "",
        key: "",
        url: urlOf(`${level}.${format}`),
      }),
    ),
  ),
  ...more,
});
const usual = pictureOf([...thumbnails, ...responsive]);

/** Every tag with its attributes. Exact, because no value may hold `<`, `>` or `"`. */
const tagsOf = (snippet: string) =>
  [...snippet.matchAll(/<(\/?[\w-]+)([^<>]*)>/g)].map(([, tag = "", rest = ""]) => ({
    tag,
    attributes: Object.fromEntries(
      [...rest.matchAll(/([\w-]+)(?:="([^"]*)")?/g)].map(([, name, value]) => [name, value ?? true]),
    ),
  }));
const tag = (snippet: string, name: string, nth = 0) =>
  tagsOf(snippet).filter((one) => one.tag === name)[nth]?.attributes ?? {};

let validate: Awaited<ReturnType<typeof ampValidator>>;
beforeAll(async () => {
  validate = await ampValidator();
});

describe("the responsive snippet", () => {
  const { html } = markup(usual, options);

  it("offers the smallest format first and ends with an image every browser shows", () => {
    expect(tagsOf(html).map(({ tag, attributes }) => attributes.type ?? tag)).toEqual([
      "picture",
      "image/avif",
      "image/webp",
      "img",
      "/picture",
    ]);
    expect(tag(html, "source").srcset).toBe(
      "https://pictures.example.com/p/w320.avif 320w, https://pictures.example.com/p/w640.avif 640w, https://pictures.example.com/p/w1200.avif 1200w",
    );
    expect(tag(html, "img")).toMatchObject({
      src: "https://pictures.example.com/p/w1200.jpeg",
      srcset: expect.stringMatching(/w320\.jpeg 320w.*w1200\.jpeg 1200w$/),
    });
  });

  it("leaves out a format that is larger than one after it, which browsers would take all the same", () => {
    const bytes: Partial<Record<Format, number>> = { avif: 70, webp: 20, jpeg: 200 };
    const drawing = {
      ...usual,
      renditions: usual.renditions.map((one) => ({ ...one, bytesAfter: bytes[one.format] ?? 0 })),
    };
    const made = markup(drawing, options);
    expect(tagsOf(made.html).map(({ tag, attributes }) => attributes.type ?? tag)).toEqual([
      "picture",
      "image/webp",
      "img",
      "/picture",
    ]);
    expect(tag(made.amp, "amp-img").src).toMatch(/w1200\.webp$/);
    expect(tag(made.amp, "amp-img", 1).src).toMatch(/w1200\.jpeg$/);
  });

  it("tells dimensions and sizes, loads late and leaves a slot for the alternative text", () => {
    expect(tag(html, "img")).toMatchObject({
      width: "1200",
      height: "900",
      sizes: options.sizes,
      alt: "",
      loading: "lazy",
      decoding: "async",
    });
    expect(tag(html, "source", 1).sizes).toBe(options.sizes);
  });

  it("shows colour and blur until the picture comes", () => {
    expect(tag(html, "img").style).toMatch(
      /^max-width:100%;height:auto;background:#dc140a url\(data:image\/png;base64,[\w+/=]+\) center\/cover no-repeat$/,
    );
  });

  it("has no placeholder behind transparency, where it would stay in sight", () => {
    const transparent = pictureOf([{ name: "w320", width: 320, height: 240, channels: 4, formats: ["png", "webp"] }], {
      baseFormat: "png",
    });
    expect(tag(markup(transparent, options).html, "img").style).toBe("max-width:100%;height:auto");
  });

  it("does not name thumbnails, nor a width twice", () => {
    expect(html).not.toMatch(/w150|h150|box50/);
    const twice = pictureOf([
      { name: "w300", width: 300, height: 200, formats: all },
      { name: "w320", width: 300, height: 200, formats: all },
    ]);
    expect(tag(markup(twice, options).html, "img").srcset).toBe("https://pictures.example.com/p/w320.jpeg 300w");
  });

  it("does name w150 where the stack asked for that width", () => {
    const asked = pictureOf([{ name: "w150", width: 150, height: 113, formats: all }, ...responsive]);
    expect(tag(markup(asked, options).html, "source").srcset).toMatch(/w150\.avif 150w, /);
  });

  it("of an animation ends with the GIF", () => {
    const { html: moving } = markup(
      pictureOf([thumbnails[0]!, { name: "w320", width: 320, height: 240, formats: ["gif", "webp"] }], {
        baseFormat: "gif",
      }),
      options,
    );
    expect(tag(moving, "source").type).toBe("image/webp");
    expect(tag(moving, "img").src).toBe("https://pictures.example.com/p/w320.gif");
  });
});

describe("the AMP snippet", () => {
  const { amp } = markup(usual, options);

  it("shows the smallest format, with the base format to fall back on and a placeholder", () => {
    expect(tagsOf(amp).map(({ tag }) => tag)).toEqual(["amp-img", "div", "/div", "amp-img", "/amp-img", "/amp-img"]);
    expect(tag(amp, "amp-img")).toMatchObject({
      src: expect.stringMatching(/w1200\.avif$/),
      width: "1200",
      height: "900",
      layout: "responsive",
      alt: "",
    });
    expect(tag(amp, "amp-img", 1)).toMatchObject({
      fallback: true,
      src: expect.stringMatching(/w1200\.jpeg$/),
      layout: "responsive",
      alt: "",
    });
    expect(tag(amp, "div").placeholder).toBe(true);
  });

  const hostile = `" onload="alert(1)"><script>alert(1)</script>, 'x' 9w,&quot;`;
  it.each([
    ["of every format", usual],
    ["of one format", pictureOf(responsive.map((size) => ({ ...size, formats: ["jpeg"] })))],
    ["without the base format", pictureOf(responsive.map((size) => ({ ...size, formats: ["webp", "avif"] })))],
    [
      "of an animation",
      pictureOf([{ name: "w320", width: 320, height: 240, formats: ["gif", "webp"] }], { baseFormat: "gif" }),
    ],
    [
      "of a transparent picture",
      pictureOf([{ name: "w320", width: 320, height: 240, channels: 4, formats: ["png", "webp"] }], {
        baseFormat: "png",
      }),
    ],
    ["of a tiny picture with thumbnails alone", pictureOf([{ name: "w150", width: 1, height: 1, formats: ["jpeg"] }])],
    ["of a picture one pixel wide", pictureOf([{ name: "w1", width: 1, height: 2000, formats: all }])],
    ["with hostile addresses", pictureOf(responsive, {}, (name) => `https://pictures.example.com/${hostile}${name}`)],
  ])("%s passes AMP's own validator, with and without alternative text", (_, picture) => {
    const made = markup(picture, options);
    expect(validate(made.amp)).toEqual([]);
    expect(validate(withAlt(made, `A "quoted" <b>view</b> & more`).amp)).toEqual([]);
  });

  it.each([
    ["a missing height", (snippet: string) => snippet.replaceAll(/ height="\d+"/g, ""), "MANDATORY_ATTR_MISSING"],
    [
      "a missing source",
      (snippet: string) => snippet.replaceAll(/ src="[^"]*"/g, "").replaceAll(/ srcset="[^"]*"/g, ""),
      "MANDATORY_ATTR_MISSING",
    ],
    ["a width named twice", (snippet: string) => snippet.replaceAll("640w", "320w"), "DUPLICATE_DIMENSION"],
    [
      "an unknown layout",
      (snippet: string) => snippet.replaceAll('layout="responsive"', 'layout="wide"'),
      "INVALID_ATTR_VALUE",
    ],
    [
      "a script's handler",
      (snippet: string) => snippet.replaceAll('alt=""', 'alt="" onload="alert(1)"'),
      "DISALLOWED_ATTR",
    ],
    [
      "a long inline style",
      (snippet: string) => snippet.replaceAll("base64,", `base64,${"A".repeat(1000)}`),
      "INLINE_STYLE_TOO_LONG",
    ],
  ])("with %s would not pass it", (_, spoil, code) => {
    expect(validate(spoil(amp)).map((error) => error.code)).toContain(code);
  });

  it("cannot be left by a hostile address", () => {
    const made = markup(
      pictureOf(responsive, {}, (name) => `https://pictures.example.com/${hostile}${name}`),
      { sizes: hostile },
    );
    const shape = (snippet: string) => tagsOf(snippet).map(({ tag, attributes }) => [tag, Object.keys(attributes)]);
    const harmless = markup(usual, options);
    expect(shape(made.html)).toEqual(shape(harmless.html));
    expect(shape(made.amp)).toEqual(shape(harmless.amp));
    expect(String(tag(made.html, "source").srcset).split(",")).toHaveLength(3);
  });
});

describe("the alternative text", () => {
  it("fills every slot, escaped, whatever it holds", () => {
    const { html, amp } = withAlt(markup(usual, options), `$& "><script>`);
    expect(tag(html, "img").alt).toBe("$&amp; &quot;&gt;&lt;script&gt;");
    expect([tag(amp, "amp-img").alt, tag(amp, "amp-img", 1).alt]).toEqual(
      Array(2).fill("$&amp; &quot;&gt;&lt;script&gt;"),
    );
  });
});

describe("the placeholder", () => {
  it("is a small PNG of the hash's colours and shape", async () => {
    const url = placeholderPng(red);
    const { data, info } = await sharp(Buffer.from(url.slice("data:image/png;base64,".length), "base64"))
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect([info.width, info.height]).toEqual([12, 9]);
    expect(data[0]).toBeGreaterThan(200);
    expect(data[1]).toBeLessThan(50);
  });

  it("of the busiest hash still fits an AMP style of 1,000 bytes", () => {
    const busiest = Buffer.from(Array.from({ length: 30 }, (_, i) => (i * 151 + 97) % 256)).toString("base64");
    expect(placeholderPng(busiest).length).toBeLessThan(900);
  });
});

it("of a picture without renditions is refused in words", () => {
  expect(() => markup(pictureOf([]), options)).toThrow("MARKUP_EMPTY");
});
