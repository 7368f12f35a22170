import type { SourceStanding } from "../api.ts";
import { el } from "../lib/dom.ts";
import { ago, moment, plural } from "../lib/format.ts";

/** How each source of pictures stands: what it brought, what it left out and why, and what is wrong with it. */
export function sourcePanels(sources: readonly SourceStanding[], now: Date): HTMLElement[] {
  if (sources.length === 0) return [el("p", { class: "note" }, "This stack has no sources.")];
  return [el("ul", { class: "source-list" }, ...sources.map((source) => panel(source, now)))];
}

function panel(source: SourceStanding, now: Date): HTMLElement {
  const { name, kind, every, trouble } = source;
  const [label, mood] =
    trouble === undefined ? ["Well", "good"] : trouble.needsPerson ? ["Needs you", "bad"] : ["In trouble", "ask"];
  const facts = el("dl", { class: "facts" });
  for (const [term, value] of factsOf(source, now))
    if (value) facts.append(el("div", {}, el("dt", {}, term), el("dd", {}, value)));
  return el(
    "li",
    { class: "card source", "data-mood": mood },
    el(
      "div",
      { class: "card-head" },
      el("h3", { class: "name" }, el("bdi", {}, name)),
      el("span", { class: "chip" }, label),
      el("p", { class: "meta" }, `${kind} · every ${every}`),
    ),
    ...(trouble === undefined
      ? []
      : [
          el(
            "p",
            { class: "reason" },
            trouble.sentence,
            " ",
            el("code", {}, trouble.code),
            ` since ${moment(trouble.since, now)}`,
          ),
        ]),
    facts,
  );
}

function* factsOf(source: SourceStanding, now: Date): Generator<[string, string | undefined]> {
  const { lastPollAt, lastWellAt, cursorMovedAt, nextPollAt, taken, skipped, failed } = source;
  const left = Object.entries(skipped).filter(([, count]) => count > 0);
  const since = (at: string | undefined) => at && ago(at, now);
  yield ["Taken", plural(taken, "file")];
  yield ["Left out", left.map(([reason, count]) => `${count} ${reason}`).join(", ") || "none"];
  yield ["Failed", plural(failed, "file")];
  yield ["Last looked", since(lastPollAt) ?? "never"];
  if (lastWellAt !== lastPollAt) yield ["Last well", since(lastWellAt)];
  yield ["Last news", since(cursorMovedAt)];
  yield ["Looks again", nextPollAt && moment(nextPollAt, now)];
}
