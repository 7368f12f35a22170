import { attribute, bestFirst, type Choice, choicesOf, type MarkupPicture } from "../markup.ts";
import type { Rendition, SourceType } from "../record.ts";
import type { LeftCode } from "./left.ts";
import type { AddressPlace, Edit, ElementPlace, Place, Tag } from "./place.ts";
import { inserted, type Setting, setAttributes, tagWith } from "./tag-edits.ts";

/** A developed picture, its renditions' `url` written as the page refers to them. */
export interface Replacement extends Pick<MarkupPicture, "levels" | "renditions" | "baseFormat"> {
  /** Of the file that was found, in pixels and bytes. */
  readonly width: number;
  readonly height: number;
  readonly format: SourceType;
  readonly bytes: number;
}

export interface Manners {
  readonly amp: boolean;
  readonly responsive: boolean;
  /** `srcset` for pages whose style sheets must not see a `<picture>` around an `<img>`. */
  readonly markup: "picture" | "srcset";
  /** For every picture that has none, instead of one that keeps its size on the page. */
  readonly sizes?: string;
}

/** What to change where a picture is referred to, or why nothing is. */
export function editsOf(place: Place, picture: Replacement, manners: Manners): readonly Edit[] | LeftCode {
  if (picture.renditions.length === 0) return "NOTHING_GAINED";
  if (place.kind === "address") return ofAddress(place, picture);
  const shown = bestFirst(picture);
  const fallback = shown.at(-1);
  if (fallback === undefined || (shown[0] as Choice).largest.bytesAfter >= picture.bytes) return "NOTHING_GAINED";
  const sizes = sizesFor(place, picture, manners);
  if (place.kind === "source") return ofSource(place, picture, shown, sizes);
  if (place.kind === "amp-img") return ofAmp(place, shown, fallback);
  const offered = manners.amp || manners.markup === "srcset" ? [fallback] : shown;
  if (place.kind === "preload") return ofPreload(place.tag, offered[0] as Choice, fallback, sizes);
  return [
    ...setAttributes(place.tag, [
      ["src", fallback.largest.url],
      ["srcset", candidates(fallback)],
      ["sizes", sizes],
      // What is in sight at once must not wait for the layout.
      ...unlessSaid(place.tag, manners.amp ? [] : [["loading", place.first ? "eager" : "lazy"] as const, decoding]),
    ]),
    ...around(place, offered.slice(0, -1), sizes),
  ];
}

/** Else a flex box or grid would take it for a box of its own, with a gap beside it. */
const hidden: Setting = ["hidden", ""];

const decoding = ["decoding", "async"] as const;

const unlessSaid = (tag: Tag, settings: readonly Setting[]) => settings.filter(([name]) => !tag.attributes.has(name));

function ofAddress(place: AddressPlace, picture: Replacement): readonly Edit[] | LeftCode {
  const ofSize = picture.renditions.filter(({ width, height }) => width === picture.width && height === picture.height);
  if (ofSize.length === 0) return "SIZE_WOULD_CHANGE";
  const inFormat = (format: string) => ofSize.find((one) => one.format === format);
  const rendition = inFormat(picture.format) ?? (place.sameFormat ? undefined : inFormat(picture.baseFormat));
  if (rendition === undefined) return "FORMAT_NOT_MADE";
  if (rendition.bytesAfter >= picture.bytes) return "NOTHING_GAINED";
  const { notation, start, end } = place;
  const { url } = rendition;
  if (notation === "markdown") return [{ start, end, text: url }];
  if (notation === "css") return [{ start, end, text: `url(${url})` }];
  return [{ start, end, text: attribute(notation.attribute, url) }];
}

/** One for each format, unless the page names a type: then that one stays what it says. */
function ofSource(
  { tag }: ElementPlace,
  picture: Replacement,
  shown: readonly Choice[],
  sizes: string,
): readonly Edit[] | LeftCode {
  const type = tag.attributes.get("type")?.value.trim().toLowerCase();
  const fallback = shown.at(-1) as Choice;
  const set = (choice: Choice): Setting[] => [
    ["srcset", candidates(choice)],
    ["sizes", sizes],
  ];
  if (type !== undefined) {
    const choice = choicesOf(picture).find(({ format }) => type === `image/${format}`);
    return choice === undefined || choice.largest.bytesAfter >= picture.bytes
      ? "FORMAT_NOT_MADE"
      : setAttributes(tag, set(choice));
  }
  const others = shown
    .slice(0, -1)
    .map((choice) => tagWith(tag, "source", [["type", `image/${choice.format}`], ...set(choice), hidden]));
  return [inserted(tag.start, others.join("")), ...setAttributes(tag, set(fallback))];
}

/** AMP has no `<picture>`: the base format is inside, for browsers that cannot show the outer one. */
function ofAmp({ tag, hasFallback, open }: ElementPlace, shown: readonly Choice[], fallback: Choice): readonly Edit[] {
  const best = hasFallback || !open ? fallback : (shown[0] as Choice);
  const set = (choice: Choice): Setting[] => [
    ["src", choice.largest.url],
    ["srcset", candidates(choice)],
  ];
  if (best === fallback) return setAttributes(tag, set(fallback));
  const inner = tagWith(tag, "amp-img", [["fallback", ""], ...set(fallback)], notTwice);
  return [...setAttributes(tag, set(best)), inserted(tag.end, `${inner}</amp-img>`)];
}

/** What only one element of a page may have, or the outer one does for both. */
const notTwice = ["id", "on", "class", "style", "role", "tabindex", "noloading", "placeholder"];

/** The picture that its `<img>` will choose, so that it is not fetched in vain. */
const ofPreload = (tag: Tag, best: Choice, fallback: Choice, sizes: string) =>
  setAttributes(tag, [
    ["href", fallback.largest.url],
    ["imagesrcset", candidates(best)],
    ["imagesizes", sizes],
    ["type", `image/${best.format}`],
  ]);

/**
 * The other formats of an `<img>`: in a `<picture>` that has no box of its own, so that the `<img>`
 * stays the child of a flex box or grid; in the `<picture>` that is there, before what it would
 * choose first, and only the formats it has not.
 */
function around({ tag, sources }: ElementPlace, others: readonly Choice[], sizes: string): Edit[] {
  const always = (sources ?? []).filter(({ attributes }) => !attributes.has("media"));
  const types = always.map(({ attributes }) => attributes.get("type")?.value.trim().toLowerCase());
  if (types.includes(undefined)) return [];
  const written = others
    .filter(({ format }) => !types.includes(`image/${format}`))
    .map((choice) =>
      tagWith({ ...tag, attributes: new Map() }, "source", [
        ["type", `image/${choice.format}`],
        ["srcset", candidates(choice)],
        ["sizes", sizes],
        hidden,
      ]),
    )
    .join("");
  if (written === "") return [];
  if (sources !== undefined) return [inserted((always[0] ?? tag).start, written)];
  return [inserted(tag.start, `<picture style="display:contents">${written}`), inserted(tag.end, "</picture>")];
}

/**
 * As many pixels of the page as before, whichever file the browser takes: those that the tag names,
 * or means by naming widths alone, or else the file's own. A page that is made for narrow screens limits its pictures to them.
 */
function sizesFor(
  { kind, tag, density, byWidth }: ElementPlace,
  picture: Replacement,
  { responsive, sizes }: Manners,
): string {
  const said = tag.attributes.get(kind === "preload" ? "imagesizes" : "sizes")?.value;
  if (said) return said;
  if (sizes !== undefined) return sizes;
  if (byWidth) return "100vw";
  const named =
    kind === "img" ? /^\s*(\d+)\s*(px)?\s*$/.exec(tag.attributes.get("width")?.value ?? "")?.[1] : undefined;
  const width = named && Number(named) > 0 ? Number(named) : Math.max(1, Math.round(picture.width / density));
  return responsive ? `(max-width: ${width}px) 100vw, ${width}px` : `${width}px`;
}

const candidates = ({ srcset, largest }: Choice) => srcset ?? candidate(largest);
const candidate = ({ url, width }: Rendition) => `${url} ${width}w`;
