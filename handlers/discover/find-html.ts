import { decodeHTMLAttribute } from "entities";
import { html, parse, type DefaultTreeAdapterTypes as Tree } from "parse5";
import { parseSrcset } from "srcset";
import { findCss } from "./find-css.ts";
import type { AddressPlace, Attribute, ElementPlace, Page, Place, Tag } from "./place.ts";
import { type Templated, templatedParts } from "./templates.ts";

/** `<img>`, `<picture>`, `<amp-img>`, posters, picture buttons, preloads, and the CSS of a page. */
export function findHtml(text: string): Page {
  // Where scripts are taken to run, what is in <noscript> would be text.
  const document = parse(text, { sourceCodeLocationInfo: true, scriptingEnabled: false });
  const look: Look = { text, templated: templatedParts(text), pictures: 0 };
  const places: Place[] = [];
  let base: string | undefined;
  let amp = false;
  let responsive = false;
  for (const element of elementsOf(document)) {
    const attribute = (name: string) => element.attrs.find((one) => one.name === name)?.value;
    if (element.tagName === "html") amp = attribute("amp") !== undefined || attribute("⚡") !== undefined;
    if (element.tagName === "base") base ??= attribute("href");
    if (element.tagName === "meta" && attribute("name")?.toLowerCase() === "viewport") responsive = true;
    places.push(...placesIn(element, look));
  }
  return { places, base, amp, responsive };
}

interface Look {
  readonly text: string;
  readonly templated: Templated;
  /** `<img>` elements so far. */
  pictures: number;
}

/** In the order of the file, templates' contents among them. Not by recursion: broken pages nest without end. */
function* elementsOf(document: Tree.Document): Generator<Tree.Element> {
  const waiting: Tree.ChildNode[] = document.childNodes.toReversed();
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (!("tagName" in node)) continue;
    yield node;
    const children = "content" in node ? (node as Tree.Template).content.childNodes : node.childNodes;
    for (let at = children.length - 1; at >= 0; at--) waiting.push(children[at] as Tree.ChildNode);
  }
}

function placesIn(element: Tree.Element, look: Look): Place[] {
  if (element.namespaceURI !== html.NS.HTML) return [];
  if (element.tagName === "style") return inStyleSheet(element, look);
  const tag = tagOf(element, look.text);
  if (tag === undefined) return [];
  return [...ofElement(element, tag, look), ...inStyleAttribute(tag, look)];
}

function ofElement(element: Tree.Element, tag: Tag, look: Look): Place[] {
  const value = (name: string) => tag.attributes.get(name)?.value;
  switch (element.tagName) {
    case "img":
      look.pictures += 1;
      return choosing(tag, look, "img", value("src"), value("srcset"), {
        sources: sourcesBefore(element, look.text),
        first: look.pictures === 1,
      });
    case "source":
      return ancestor(element, "picture") ? choosing(tag, look, "source", undefined, value("srcset")) : [];
    case "amp-img":
      return choosing(tag, look, "amp-img", value("src"), value("srcset"), {
        hasFallback: element.childNodes.some(
          (child) => "attrs" in child && child.attrs.some(({ name }) => name === "fallback"),
        ),
        open: element.sourceCodeLocation?.endTag !== undefined,
      });
    case "link": {
      const preloads = value("rel")?.toLowerCase().split(/\s+/).includes("preload");
      if (!preloads || value("as")?.toLowerCase() !== "image") return [];
      return choosing(tag, look, "preload", value("href"), value("imagesrcset"));
    }
    case "video":
      return address(tag, "poster", look);
    case "input":
      return value("type")?.toLowerCase() === "image" ? address(tag, "src", look) : [];
    default:
      return [];
  }
}

function choosing(
  tag: Tag,
  look: Look,
  kind: ElementPlace["kind"],
  src = "",
  srcset = "",
  more: Partial<ElementPlace> = {},
): Place[] {
  const plain = { url: src.trim(), width: undefined, density: 1 };
  const all = [...parseSrcset(srcset), ...(plain.url ? [plain] : [])];
  // By width where one is given: src and widths together say no density.
  const largest = all.reduce<(typeof all)[number] | undefined>((best, next) => {
    if (best === undefined) return next;
    const by = (one: typeof next) => one.width ?? 0;
    if (by(best) !== by(next)) return by(next) > by(best) ? next : best;
    return (next.density ?? 1) > (best.density ?? 1) ? next : best;
  }, undefined);
  if (largest === undefined) return [];
  const density = largest.density ?? 1;
  const byWidth = largest.width !== undefined;
  return [{ kind, tag, reference: largest.url, density, byWidth, templated: isTemplated(tag, look), ...more }];
}

function address(tag: Tag, name: string, look: Look): AddressPlace[] {
  const found = tag.attributes.get(name);
  if (!found?.value.trim()) return [];
  const { start, end, value } = found;
  const templated = isTemplated(tag, look);
  return [
    {
      kind: "address",
      reference: value.trim(),
      start,
      end,
      notation: { attribute: name },
      sameFormat: false,
      templated,
    },
  ];
}

/** Of the tag, but for what is in values that are left as they are, such as an `alt` text. */
function isTemplated(tag: Tag, { templated }: Look): boolean {
  if (!templated(tag.start, tag.end)) return false;
  let from = tag.start;
  for (const [name, { start, end }] of tag.attributes) {
    if (templated(from, start) || (touched.has(name) && templated(start, end))) return true;
    // Its name is templated as well where there is no value that could be alone.
    if (templated(start, start + name.length)) return true;
    from = end;
  }
  return templated(from, tag.end);
}

/** Attributes that say what is shown, or are set. */
const touched = new Set("src srcset sizes href imagesrcset imagesizes poster type media width".split(" "));

function inStyleSheet(element: Tree.Element, { text, templated }: Look): Place[] {
  const { startTag, endTag } = element.sourceCodeLocation ?? {};
  if (!startTag || !endTag) return [];
  const from = startTag.endOffset;
  const css = findCss(text.slice(from, endTag.startOffset), "stylesheet", (start, end) =>
    templated(from + start, from + end),
  );
  return css.map((place) => ({ ...place, start: from + place.start, end: from + place.end }));
}

function inStyleAttribute(tag: Tag, { text, templated }: Look): Place[] {
  const style = tag.attributes.get("style");
  if (!style || !/url\(|image-set\(/i.test(style.value)) return [];
  const written = text.slice(style.start, style.end);
  const from = style.start + (/^[^=]*=\s*["']?/.exec(written)?.[0].length ?? 0);
  const raw = text.slice(from, style.end).replace(/["']$/, "");
  const at = offsetsIn(raw, style.value);
  if (at === undefined) return [];
  const css = findCss(style.value, "declarationList", () => false);
  return css.map((place) => {
    const [start, end] = [from + (at[place.start] ?? 0), from + (at[place.end] ?? raw.length)];
    return { ...place, start, end, templated: templated(start, end) };
  });
}

/** Where each unit of a value was written, character references and line ends being longer there. */
function offsetsIn(raw: string, value: string): number[] | undefined {
  const offsets: number[] = [];
  let read = "";
  for (const { index, 0: piece } of raw.matchAll(/&[#\w]+;?|\r\n|[\s\S]/g)) {
    const means = piece === "\r\n" ? "\n" : decodeHTMLAttribute(piece);
    for (let unit = 0; unit < means.length; unit++) offsets.push(index);
    read += means;
  }
  return read === value ? offsets : undefined;
}

const ancestor = (element: Tree.Element, name: string): Tree.Element | undefined => {
  for (let up = element.parentNode; up && "tagName" in up; up = up.parentNode) if (up.tagName === name) return up;
};

function sourcesBefore(element: Tree.Element, text: string): readonly Tag[] | undefined {
  const picture = ancestor(element, "picture");
  if (picture === undefined) return undefined;
  const sources = picture.childNodes.filter((child): child is Tree.Element => child.nodeName === "source");
  return sources.flatMap((source) => tagOf(source, text) ?? []);
}

/** Undefined for an element that the parser added. */
function tagOf(element: Tree.Element, text: string): Tag | undefined {
  const location = element.sourceCodeLocation;
  const { startOffset: start, endOffset: end } = location?.startTag ?? location ?? {};
  if (start === undefined || end === undefined) return undefined;
  const attributes = new Map<string, Attribute>();
  for (const { name, value } of element.attrs) {
    const at = location?.attrs?.[name];
    if (at) attributes.set(name, { value, start: at.startOffset, end: at.endOffset });
  }
  const name = /^<[^\s/>]*/.exec(text.slice(start, start + 100))?.[0] ?? "";
  const room = Math.max(start + name.length, ...[...attributes.values()].map((one) => one.end));
  return { start, end, room, closed: text.slice(start, end).endsWith("/>"), attributes };
}
