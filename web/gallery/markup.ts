import type { Markup } from "../../handlers/record.ts";
import { button, el } from "../lib/dom.ts";

/** Puts the alt text, escaped, into every `alt=""` of the markup. */
export function withAlt(markup: string, alt: string): string {
  const escaped = alt.trim().replace(/[&<>"']/g, (char) => entities[char] ?? char);
  return markup.replaceAll('alt=""', () => `alt="${escaped}"`);
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** An alt text to fill in, and the two kinds of markup as tabs, each with a button that copies it. */
export function markupSection(id: string, markup: Markup, copy: (text: string) => Promise<boolean>): HTMLElement {
  const kinds = [
    { id: `${id}-html`, label: "Responsive HTML", text: markup.html },
    { id: `${id}-amp`, label: "AMP", text: markup.amp },
  ];
  const alt = el("input", {
    id: `${id}-alt`,
    type: "text",
    autocomplete: "off",
    maxlength: "500",
    "aria-describedby": `${id}-hint`,
  });
  const tabs = kinds.map((kind) =>
    button(kind.label, { role: "tab", id: kind.id, "aria-controls": `${id}-panel`, class: "tab" }, () => choose(kind)),
  );
  const code = el("code");
  const copied = el("span", { class: "copied", role: "status" });
  const copyButton = button("Copy", { class: "small primary" }, async () => {
    copied.textContent = (await copy(code.textContent)) ? "Copied" : "Selected: press Ctrl+C or ⌘C";
    if (copied.textContent !== "Copied") getSelection()?.selectAllChildren(code);
  });
  const panel = el("div", { role: "tabpanel", id: `${id}-panel`, class: "markup-panel" });
  panel.append(el("pre", { tabindex: "0" }, code));

  let chosen = kinds[0] as (typeof kinds)[number];
  function choose(kind: typeof chosen) {
    chosen = kind;
    tabs.forEach((tab, at) => {
      tab.setAttribute("aria-selected", String(kinds[at] === kind));
      tab.tabIndex = kinds[at] === kind ? 0 : -1;
    });
    panel.setAttribute("aria-labelledby", kind.id);
    code.replaceChildren(...folded(withAlt(kind.text, alt.value)));
    copied.textContent = "";
  }
  alt.addEventListener("input", () => choose(chosen));

  const list = el("div", { role: "tablist", "aria-label": "Kind of markup", class: "tabs" }, ...tabs);
  list.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    const other = kinds.find((kind) => kind !== chosen);
    if (other === undefined) return;
    choose(other);
    tabs[kinds.indexOf(other)]?.focus();
  });
  choose(chosen);

  return el(
    "section",
    { class: "markup" },
    el("label", { for: alt.id, class: "field-label" }, "What the picture shows"),
    el(
      "p",
      { id: `${id}-hint`, class: "hint" },
      "Becomes the alt text: read aloud, and shown when the picture cannot be.",
    ),
    alt,
    el("div", { class: "markup-bar" }, list, copied, copyButton),
    panel,
  );
}

/** Data URLs are folded to a few characters by the style sheet; selecting and copying takes them whole. */
function folded(text: string): (Node | string)[] {
  return text.split(/(data:[\w/+;,=]+)/).map((part, at) => (at % 2 ? el("span", { class: "folded" }, part) : part));
}

/** Answers false where the browser gives no clipboard, as on plain http. */
export async function copyText(text: string): Promise<boolean> {
  if (navigator.clipboard === undefined) return false;
  return navigator.clipboard.writeText(text).then(
    () => true,
    () => false,
  );
}
