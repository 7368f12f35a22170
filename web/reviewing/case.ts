import type { Picture, PictureIn } from "../../handlers/record.ts";
import { previewAddress, type Verdict } from "../api.ts";
import { original, screening } from "../gallery/words.ts";
import hidden from "../icons/picture.svg";
import { button, el, icon } from "../lib/dom.ts";
import { moment, percent } from "../lib/format.ts";
import { Trouble } from "../lib/trouble.ts";

export interface Case {
  readonly element: HTMLElement;
  readonly pictureId: string;
  readonly name: string;
  /** Uncovers the picture, or covers it again. */
  toggle(): void;
  accept(): void;
  /** Asks for the reason that a rejection needs. */
  askReason(): void;
}

/** @throws Trouble */
export type Decide = (verdict: Verdict, reason: string) => Promise<void>;

const suggestions = [
  "Shows nudity.",
  "Shows a person who may not have agreed.",
  "Not ours to publish.",
  "Not a picture for our pages.",
];

/** One picture that waits for a person: covered until they want to look, with what the moderator said of it. */
export function createCase(picture: PictureIn<"review">, decide: Decide): Case {
  const id = picture.pictureId;
  const image = el("img", { src: previewAddress(id), alt: "", loading: "lazy", decoding: "async" });
  const show = button("Show", { class: "small cover", "aria-pressed": "false" }, toggle);
  const frame = el("div", { class: "case-preview covered" }, image, show);
  image.addEventListener("error", () => frame.replaceChildren(icon(hidden), el("p", { class: "note" }, "No preview.")));

  function toggle() {
    const covered = frame.classList.toggle("covered");
    image.alt = covered ? "" : `Preview of ${picture.name}`;
    show.textContent = covered ? "Show" : "Cover";
    show.setAttribute("aria-pressed", String(!covered));
  }

  const reason = el("input", {
    id: `reason-${id}`,
    type: "text",
    maxlength: "500",
    autocomplete: "off",
    "aria-describedby": `reason-hint-${id}`,
  });
  const trouble = el("p", { class: "trouble", role: "alert" });
  const suggest = (text: string) =>
    button(text, { class: "small suggestion" }, () => {
      reason.value = text;
      reason.focus();
    });
  const accept = button("Accept", { class: "small primary", "aria-keyshortcuts": "a" }, () => void send("accept"));
  const reject = button("Reject", { class: "small danger", "aria-keyshortcuts": "r" }, () => void send("reject"));
  reason.addEventListener("keydown", (event) => {
    if (event.key === "Enter") void send("reject");
  });
  reason.addEventListener("input", () => reason.setCustomValidity(""));

  async function send(verdict: Verdict) {
    const why = reason.value.trim();
    if (verdict === "reject" && why === "") {
      reason.setCustomValidity("A rejection needs a reason.");
      reason.reportValidity();
      return;
    }
    accept.disabled = reject.disabled = true;
    trouble.textContent = "";
    try {
      await decide(verdict, why);
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      trouble.textContent = error.message;
    } finally {
      accept.disabled = reject.disabled = false;
    }
  }

  const said = screening(picture);
  const element = el(
    "li",
    { class: "card case", tabindex: "-1", id: `case-${id}`, "aria-label": picture.name },
    frame,
    el(
      "div",
      { class: "case-body" },
      el("h2", { class: "name" }, el("bdi", {}, picture.name)),
      el("p", { class: "meta" }, senderOf(picture)),
      el("p", { class: "meta" }, `${original(picture)} · ${moment(picture.enteredAt)}`),
      el("p", { class: "reason" }, picture.reason.sentence),
      ...(said === undefined ? [] : [el("p", { class: "note" }, said)]),
      labelsOf(picture),
      el("label", { for: reason.id, class: "field-label" }, "Your reason"),
      el(
        "p",
        { id: `reason-hint-${id}`, class: "hint" },
        "The sender reads it when you reject. Needed for that, kept in any case.",
      ),
      reason,
      el(
        "div",
        { class: "row suggestions", role: "group", "aria-label": "Suggested reasons" },
        ...suggestions.map(suggest),
      ),
      el("div", { class: "row" }, accept, reject),
      trouble,
    ),
  );
  return {
    element,
    pictureId: id,
    name: picture.name,
    toggle,
    accept: () => void send("accept"),
    askReason() {
      reason.focus();
      reason.reportValidity();
    },
  };
}

const senderOf = ({ uploader, source }: Picture) => (uploader === undefined ? `From ${source}` : `Sent by ${uploader}`);

function labelsOf({ labels = [] }: PictureIn<"review">): HTMLElement {
  return el(
    "ul",
    { class: "labels", "aria-label": "Seen in it" },
    ...labels.map(({ name, confidence }) => el("li", {}, `${name} ${percent(confidence)}`)),
  );
}
