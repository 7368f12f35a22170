import { button, el } from "../lib/dom.ts";
import { bytes, percent } from "../lib/format.ts";
import type { UploadState } from "../uploading/upload.ts";
import type { CardActions } from "./card.ts";
import type { Entry } from "./entries.ts";
import { saving, screening, wholeTime } from "./words.ts";

/** The middle of a card: what came of the picture so far, and what can be done about it. */
export interface Outcome {
  /** Changes when the parts must be made anew. */
  readonly key: string;
  readonly make: () => HTMLElement[];
  /** Brings up to date what moves too often to be made anew. */
  readonly update?: (body: HTMLElement) => void;
}

export function outcome(entry: Entry, actions: CardActions): Outcome {
  const { picture } = entry;
  if (picture === undefined) return uploading(entry, actions);
  const screened = screening(picture);
  const notes = screened === undefined ? [] : [note(screened)];
  const key = `${picture.status} ${screened}`;

  switch (picture.status) {
    case "published":
      return { key, make: () => [result(entry), ...notes] };
    case "rejected":
      return { key, make: () => [reason(picture.reason.sentence, picture.reason.code), ...notes] };
    case "review":
      return { key, make: () => [reason(picture.reason.sentence), ...notes] };
    case "duplicate":
      return { key, make: () => [duplicate(picture.duplicateOf, actions)] };
    case "forgetting":
      return { key, make: () => [note("Its files are being deleted everywhere. This takes a moment.")] };
    default:
      return { key, make: () => notes };
  }
}

function uploading(entry: Entry, actions: CardActions): Outcome {
  const state: UploadState = entry.upload?.state ?? { phase: "waiting", share: 0 };
  const pause = () => button("Pause", { class: "small" }, () => actions.pause(entry));
  const resume = () => button("Resume", { class: "small primary" }, () => actions.resume(entry));
  const cancel = () => button("Cancel", { class: "small quiet" }, () => actions.remove(entry));

  switch (state.phase) {
    case "failed": {
      const again = button("Try again", { class: "small primary" }, () => actions.retry(entry));
      const away = button("Remove", { class: "small" }, () => actions.remove(entry));
      const row = el("div", { class: "row" }, ...(state.passing ? [again] : []), away);
      return { key: `failed ${state.code}`, make: () => [reason(state.sentence, state.code), row] };
    }
    case "sent":
      return { key: "sent", make: () => [note("Uploaded. Waking the first step…")] };
    case "waiting": {
      const why = navigator.onLine ? "Waits for its turn." : "Goes when the network is back.";
      const row = () => el("div", { class: "row apart" }, note(why), el("div", { class: "row" }, pause(), cancel()));
      return { key: `waiting ${why}`, make: () => [row()] };
    }
    case "sending":
    case "paused":
      return {
        key: state.phase,
        make() {
          const bar = el("progress", { max: "1", value: "0", "aria-label": "Uploaded" });
          const act = state.phase === "paused" ? resume() : pause();
          return [
            el("div", { class: "row" }, bar, el("span", { class: "share" })),
            el("div", { class: "row" }, act, cancel()),
          ];
        },
        update(body) {
          const bar = body.querySelector("progress");
          const text = body.querySelector(".share");
          if (bar !== null) bar.value = state.share;
          if (text !== null) text.textContent = `${percent(state.share * 100)} of ${bytes(entry.upload?.bytes ?? 0)}`;
        },
      };
  }
}

const note = (text: string) => el("p", { class: "note" }, text);

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
