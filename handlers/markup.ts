import { placeholderPng } from "./placeholder-png.ts";
import type { BaseFormat, Format, Level, Markup, Rendition } from "./record.ts";

/** What of a compressed picture is shown. Its file name is not: it makes a poor alt text. */
export interface MarkupPicture {
  readonly width: number;
  readonly height: number;
  readonly levels: readonly Level[];
  readonly renditions: readonly Rendition[];
  /** ThumbHash, base64. */
  readonly placeholder: string;
  /** `#rrggbb` */
  readonly colour: string;
  readonly baseFormat: BaseFormat;
}

/**
 * Both snippets have `alt=""` as the slot that `withAlt` fills.
 *
 * The placeholder is a data URL in a style attribute. A page whose Content-Security-Policy allows
 * neither (`style-src 'unsafe-inline'`, `img-src data:`) shows the picture all the same, only
 * without placeholder; such a page needs `max-width: 100%; height: auto` in a stylesheet of its own.
 * @throws Error `MARKUP_EMPTY` when there is no rendition to show.
 */
export function markup(picture: MarkupPicture, { sizes }: { readonly sizes: string }): Markup {
  const shown = bestFirst(picture);
  const fallback = shown.at(-1);
  if (fallback === undefined)
    throw new Error(
      "MARKUP_EMPTY: expected at least one rendition to show, but the picture has none. Compress it first.",
    );
  return {
    html: html(picture, shown.slice(0, -1), fallback, sizes),
    amp: amp(picture, shown[0] ?? fallback, fallback),
  };
}

/** Fills the slot for the alternative text; an empty text says that the picture is decoration. */
export function withAlt({ html, amp }: Markup, text: string): Markup {
  const fill = (snippet: string) => snippet.replaceAll('alt=""', () => attribute("alt", text));
  return { html: fill(html), amp: fill(amp) };
}

/** What a browser may be offered of one picture in one format. */
export interface Choice {
  readonly format: Format;
  readonly largest: Rendition;
  /** Of all its widths together. */
  readonly bytes: number;
  readonly srcset?: string;
}

/**
 * In the order browsers are to try them, the last being the one that every browser shows. AVIF
 * comes before WebP where it is smaller; a format that is larger than one after it is left out, as
 * the AVIF of a chart often is, because a browser would take it all the same.
 */
export function bestFirst(picture: Shown): Choice[] {
  const choices = choicesOf(picture);
  if (choices.length > 0)
    return choices.filter(({ bytes }, i) => choices.slice(i).every((later) => bytes <= later.bytes));
  const [largest] = [...picture.renditions].sort((a, b) => b.width * b.height - a.width * a.height);
  return largest === undefined ? [] : [{ format: largest.format, largest, bytes: largest.bytesAfter }];
}

type Shown = Pick<MarkupPicture, "renditions" | "baseFormat" | "levels">;

/** Its responsive sizes in each format, smaller or not. */
export function choicesOf({ renditions, baseFormat, levels }: Shown): Choice[] {
  const responsive = new Set(levels.filter((level) => isResponsive(level, baseFormat)).map(({ name }) => name));
  const formats: readonly Format[] = ["avif", "webp", baseFormat];
  return formats.flatMap((format) => {
    const ofFormat = renditions.filter((one) => one.format === format && responsive.has(one.level));
    const candidates = [...new Map(ofFormat.map((one) => [one.width, one])).values()].sort((a, b) => a.width - b.width);
    const largest = candidates.at(-1);
    const bytes = candidates.reduce((sum, { bytesAfter }) => sum + bytesAfter, 0);
    return largest === undefined ? [] : [{ format, largest, bytes, srcset: srcset(candidates) }];
  });
}

/** `w150` is everybody's thumbnail unless the stack asked for that width too, which gives it its other formats. */
const isResponsive = ({ name, formats }: Level, baseFormat: BaseFormat) =>
  /^w\d+$/.test(name) && (name !== "w150" || formats.some((format) => format !== baseFormat));

function html(picture: MarkupPicture, sources: readonly Choice[], fallback: Choice, sizes: string): string {
  const candidates = ({ srcset }: Choice) =>
    srcset === undefined ? "" : ` ${attribute("srcset", srcset)} ${attribute("sizes", sizes)}`;
  const { url, width, height } = fallback.largest;
  // Behind transparency a placeholder would stay in sight.
  const behind = isOpaque(picture) ? `;background:${background(picture)}` : "";
  const style = `max-width:100%;height:auto${behind}`;
  return [
    "<picture>",
    ...sources.map((source) => `  <source type="image/${source.format}"${candidates(source)}>`),
    `  <img ${attribute("src", url)}${candidates(fallback)} width="${width}" height="${height}" alt="" loading="lazy" decoding="async" ${attribute("style", style)}>`,
    "</picture>",
  ].join("\n");
}

/**
 * AMP has no `<picture>`: a browser that cannot show the outer format loads the `fallback` inside.
 * No `sizes`: AMP would make it the element's width, and works out the right one by itself.
 */
function amp(picture: MarkupPicture, best: Choice, fallback: Choice): string {
  const { width, height } = fallback.largest;
  const image = ({ largest, srcset }: Choice, role = "") =>
    `<amp-img${role} ${attribute("src", largest.url)}${srcset === undefined ? "" : ` ${attribute("srcset", srcset)}`} width="${width}" height="${height}" layout="responsive" alt="">`;
  return [
    image(best),
    `  <div placeholder ${attribute("style", `background:${background(picture)}`)}></div>`,
    ...(best === fallback ? [] : [`  ${image(fallback, " fallback")}</amp-img>`]),
    "</amp-img>",
  ].join("\n");
}

const isOpaque = ({ levels }: MarkupPicture) => levels.every(({ channels }) => channels === 3);

const background = ({ placeholder, colour }: MarkupPicture) =>
  `${colour} url(${placeholderPng(placeholder)}) center/cover no-repeat`;

/** A space or comma would end a candidate's address. */
const srcset = (candidates: readonly Rendition[]) =>
  candidates.map(({ url, width }) => `${url.replace(/[\s,]/g, encodeURIComponent)} ${width}w`).join(", ");

/** Written so that any value is safe in it. */
export const attribute = (name: string, value: string) =>
  `${name}="${value.replace(/[&<>"']/g, (character) => entities[character] ?? "")}"`;

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
