import type { CardActions } from "./card.ts";
import { button, el } from "./dom.ts";
import type { Entry } from "./entries.ts";
import { bytes, percent } from "./format.ts";
import { reviewForm } from "./review.ts";
import { saving, screening, wholeTime } from "./words.ts";

/** The middle of a card: what came of the picture so far, and what can be done about it. */
export interface Outcome {
  /** Changes when the parts must be made anew. */
  readonly key: string;
  readonly make: () => HTMLElement[];
  /** Brings up to date what moves too often to be made anew. */
  readonly update?: (body: HTMLElement) => void;
}

export function outcome(entry: Entry, actions: CardActions, card: HTMLElement): Outcome {
  const { picture } = entry;
  if (picture === undefined) return uploading(entry, actions);
  const screened = screening(picture);
  const notes = screened === undefined ? [] : [el("p", { class: "note" }, screened)];
  const key = `${picture.status} ${screened}`;

  switch (picture.status) {
    case "published":
      return { key, make: () => [result(entry), ...notes] };
    case "rejected":
      return { key, make: () => [reason(picture.reason.sentence, picture.reason.code), ...notes] };
    case "review": {
      const decide = async (verdict: "accept" | "reject", why: string) => {
        await actions.decide(entry, verdict, why);
        card.focus();
      };
      const form = () => reviewForm(`reason-${picture.pictureId}`, decide);
      return { key, make: () => [reason(picture.reason.sentence), ...notes, form()] };
    }
    case "duplicate":
      return { key, make: () => [duplicate(picture.duplicateOf, actions)] };
    default:
      return { key, make: () => notes };
  }
}

function uploading(entry: Entry, actions: CardActions): Outcome {
  const state = entry.upload?.state ?? { phase: "queued" };
  const size = entry.upload?.file.size ?? 0;
  if (state.phase === "failed") {
    const again = button("Try again", { class: "small primary" }, () => actions.retry(entry));
    const away = button("Remove", { class: "small" }, () => actions.remove(entry));
    const row = el("div", { class: "row" }, ...(state.passing ? [again] : []), away);
    return { key: `failed ${state.code}`, make: () => [reason(state.sentence, state.code), row] };
  }
  if (state.phase === "sent")
    return { key: "sent", make: () => [el("p", { class: "note" }, "Uploaded. Waking the first step…")] };

  const stop = () => button("Stop", { class: "small quiet" }, () => actions.remove(entry));
  if (state.phase === "queued")
    return {
      key: "queued",
      make: () => [el("div", { class: "row apart" }, el("p", { class: "note" }, "Waits for its turn."), stop())],
    };
  return {
    key: "sending",
    make() {
      const bar = el("progress", { max: "1", value: "0", "aria-label": "Uploaded" });
      return [el("div", { class: "row" }, bar, el("span", { class: "share" }), stop())];
    },
    update(body) {
      const bar = body.querySelector("progress");
      const text = body.querySelector(".share");
      if (bar !== null) bar.value = state.share;
      if (text !== null) text.textContent = `${percent(state.share * 100)} of ${bytes(size)}`;
    },
  };
}

function reason(sentence: string, code?: string): HTMLElement {
  return el("p", { class: "reason" }, sentence, ...(code === undefined ? [] : [" ", el("code", {}, code)]));
}

function result({ picture }: Entry): HTMLElement {
  const found = picture && saving(picture);
  if (picture === undefined || found === undefined) return el("p");
  const { before, after, at, saved } = found;
  const time = wholeTime(picture);
  return el(
    "p",
    { class: "result" },
    el("span", { class: "weight" }, before, " → ", el("strong", {}, after)),
    el("span", {}, at),
    ...(saved === undefined ? [] : [el("span", { class: "saved" }, saved)]),
    ...(time === undefined ? [] : [el("span", { class: "whole-time" }, `in ${time}`)]),
  );
}

function duplicate(first: string, actions: CardActions): HTMLElement {
  const link = el("a", { href: `#picture-${encodeURIComponent(first)}` }, "See the first one");
  link.addEventListener("click", (event) => {
    event.preventDefault();
    actions.goTo(first);
  });
  return el("p", { class: "reason" }, "The same picture came in before, so nothing was done twice. ", link);
}
