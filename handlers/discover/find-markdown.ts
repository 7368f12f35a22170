import { parse, postprocess, preprocess } from "micromark";
import { decodeString } from "micromark-util-decode-string";
import { normalizeIdentifier } from "micromark-util-normalize-identifier";
import { findHtml } from "./find-html.ts";
import type { AddressPlace, Page } from "./place.ts";
import { templatedParts } from "./templates.ts";

interface Span {
  readonly start: number;
  readonly end: number;
}

/** `![…](…)`, `![…][…]` with its definition, and the HTML between them. */
export function findMarkdown(text: string): Page {
  const body = withoutFrontMatter(text);
  const templated = templatedParts(text);
  const { destinations, html } = read(body);
  const places = destinations.map(
    ({ start, end }): AddressPlace => ({
      kind: "address",
      reference: decodeString(text.slice(start, end)),
      start,
      end,
      notation: "markdown",
      sameFormat: false,
      templated: templated(start, end),
    }),
  );
  const found = findHtml(only(body, html));
  return { ...found, places: [...places, ...found.places] };
}

/** What parses as Markdown but is none is blanked, so that everything else keeps its place. */
const withoutFrontMatter = (text: string) =>
  text.replace(/^\n?---[ \t]*\r?\n[\s\S]*?\n---[ \t]*(?=\r?\n|$)/, (matter) => blank(matter));

function read(text: string) {
  const destinations: Span[] = [];
  const html: Span[] = [];
  const definitions = new Map<string, Span>();
  const shown = new Set<string>();
  const linked = new Set<string>();
  const around: string[] = [];
  const events = postprocess(
    parse()
      .document()
      .write(preprocess()(text, undefined, true)),
  );
  const inside = (type: string) => around.lastIndexOf(type);
  let label = "";
  for (const [way, token] of events) {
    if (way === "exit") {
      around.pop();
      continue;
    }
    around.push(token.type);
    const span = { start: token.start.offset, end: token.end.offset };
    const written = () => text.slice(span.start, span.end);
    // The innermost of the two says what this part belongs to: a link may have a picture for its text.
    const ofImage = inside("image") > inside("link");
    if (token.type === "htmlFlow" || token.type === "htmlText") html.push(span);
    else if (token.type === "resourceDestinationString" && ofImage) destinations.push(span);
    else if (token.type === "definitionLabelString") label = normalizeIdentifier(written());
    else if (token.type === "definitionDestinationString") {
      // Of several with one name the first counts.
      if (!definitions.has(label)) definitions.set(label, span);
    } else if (token.type === "image" || token.type === "link") {
      const names = namesOf(written(), token.type);
      for (const name of names) (token.type === "image" ? shown : linked).add(name);
    }
  }
  // An address that a link leads to as well is left: who follows the link wants the original.
  for (const [name, span] of definitions) if (shown.has(name) && !linked.has(name)) destinations.push(span);
  return { destinations, html };
}

/** The definitions that `[text][name]`, `[name][]` or `[name]` may mean. */
function namesOf(written: string, type: "image" | "link"): string[] {
  const named = /\[((?:[^[\]\\]|\\[\s\S])*)\](?:\[\])?$/.exec(written)?.[1];
  if (named !== undefined && !written.endsWith(")")) return [normalizeIdentifier(named)];
  return written.endsWith("]") ? [normalizeIdentifier(written.slice(type === "image" ? 2 : 1, -1))] : [];
}

/** The text with everything blanked but these parts of it. */
function only(text: string, parts: readonly Span[]): string {
  let kept = "";
  let at = 0;
  for (const { start, end } of parts) {
    kept += blank(text.slice(at, start)) + text.slice(start, end);
    at = end;
  }
  return kept + blank(text.slice(at));
}

const blank = (text: string) => text.replace(/[^\r\n]/g, " ");
