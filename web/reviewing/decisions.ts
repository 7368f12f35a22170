import type { Decision } from "../api.ts";
import { el } from "../lib/dom.ts";
import { moment } from "../lib/format.ts";

/** The audit trail: who decided what, when and why, the latest first. */
export function decisionTable(decisions: readonly Decision[]): HTMLElement {
  if (decisions.length === 0) return el("p", { class: "note" }, "Nobody has decided anything yet.");
  const titles = ["Picture", "Decision", "Reason", "By", "When"];
  const table = el(
    "table",
    {},
    el("thead", {}, el("tr", {}, ...titles.map((title) => el("th", { scope: "col" }, title)))),
    el("tbody", {}, ...decisions.map(row)),
  );
  return el("div", { class: "scroller", role: "region", "aria-label": "Decisions", tabindex: "0" }, table);
}

function row({ name, verdict, reason, by, at }: Decision): HTMLElement {
  const [label, mood] = verdict === "accept" ? ["Accepted", "good"] : ["Rejected", "bad"];
  return el(
    "tr",
    {},
    el("th", { scope: "row", class: "wide" }, el("bdi", {}, name === "" ? "(deleted)" : name)),
    el("td", { "data-mood": mood }, el("span", { class: "chip" }, label)),
    el("td", { class: "wide" }, reason),
    el("td", {}, by),
    el("td", {}, el("time", { datetime: at }, moment(at))),
  );
}
