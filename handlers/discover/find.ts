import { findCss } from "./find-css.ts";
import { findHtml } from "./find-html.ts";
import { findMarkdown } from "./find-markdown.ts";
import type { Page } from "./place.ts";

/** Files in which pictures are looked for, by the ending of their name. */
export const pageEndings = {
  html: ["html", "htm", "xhtml", "php", "njk", "liquid", "hbs", "handlebars", "mustache", "ejs", "erb", "twig", "tmpl"],
  markdown: ["md", "markdown"],
  css: ["css"],
} as const satisfies Readonly<Record<PageSyntax, readonly string[]>>;

export type PageSyntax = "html" | "markdown" | "css";

/** Undefined for a file in which no pictures are looked for. */
export function syntaxOf(path: string): PageSyntax | undefined {
  const ending = /\.([^./]+)$/.exec(path.toLowerCase())?.[1] ?? "";
  return (Object.keys(pageEndings) as PageSyntax[]).find((syntax) =>
    (pageEndings[syntax] as readonly string[]).includes(ending),
  );
}

/** Every place of a text that refers to a picture, wherever that is. Broken text is read as browsers read it. */
export function findPlaces(text: string, syntax: PageSyntax): Page {
  // Parsers do not count a byte order mark.
  const shift = text.startsWith("\ufeff") ? 1 : 0;
  if (shift === 0) return finders[syntax](text);
  // A line break takes as much room, and means nothing before the first element, rule or paragraph.
  return finders[syntax](`\n${text.slice(shift)}`);
}

const finders: Readonly<Record<PageSyntax, (text: string) => Page>> = {
  html: findHtml,
  markdown: findMarkdown,
  css: (text) => ({ places: findCss(text), amp: false, responsive: false }),
};
