import type { Rendition } from "../../handlers/record.ts";
import { el, webAddress } from "../lib/dom.ts";
import { bytes, dimensions, plural } from "../lib/format.ts";

/** Every published file of a picture, in a table that scrolls sideways by itself where the page is narrow. */
export function renditionTable(renditions: readonly Rendition[]): HTMLElement {
  const titles = ["File", "Pixels", "Format", "Size", "Compressed by"];
  const head = el("tr", {}, ...titles.map((title) => el("th", { scope: "col" }, title)));
  const table = el(
    "table",
    { class: "files" },
    el("caption", {}, plural(renditions.length, "file")),
    el("thead", {}, head),
    el("tbody", {}, ...renditions.map(row)),
  );
  return el("div", { class: "scroller", role: "region", "aria-label": "All files", tabindex: "0" }, table);
}

function row({ name, url, width, height, format, bytesAfter, method }: Rendition): HTMLElement {
  const href = webAddress(url);
  const file = href === undefined ? name : el("a", { href, target: "_blank", rel: "noopener" }, name);
  return el(
    "tr",
    {},
    el("th", { scope: "row" }, file),
    el("td", {}, dimensions(width, height)),
    el("td", {}, format.toUpperCase()),
    el("td", { class: "number" }, bytes(bytesAfter)),
    el("td", {}, method),
  );
}
