import chevron from "../icons/chevron.svg";
import { button, el, icon, keyed } from "../lib/dom.ts";
import { bytes, moment } from "../lib/format.ts";
import type { Entry } from "./entries.ts";
import { outcome } from "./outcome.ts";
import { type PanelDeps, panelParts } from "./panel.ts";
import { createPreview } from "./preview.ts";
import { createStepper } from "./stepper.ts";
import { original, standing } from "./words.ts";

/** What a person can ask for on a card. */
export interface CardActions extends PanelDeps {
  pause(entry: Entry): void;
  resume(entry: Entry): void;
  retry(entry: Entry): void;
  /** Stops an upload, and takes the card away. */
  remove(entry: Entry): void;
  goTo(pictureId: string): void;
}

export interface Card {
  readonly element: HTMLElement;
  show(entry: Entry): void;
  open(): void;
  close(): void;
}

/** Fragment of the page's address that stands for one picture. */
export const anchorOf = (pictureId: string) => `picture-${pictureId}`;

/** One entry of the sheet. Made once and updated in place; each part is rebuilt only when what it says changes. */
export function createCard(first: Entry, actions: CardActions): Card {
  const preview = createPreview();
  const stepper = createStepper();
  const name = el("bdi");
  const chip = el("span", { class: "chip" });
  const meta = el("p", { class: "meta" });
  const body = el("div", { class: "card-body" });
  const panel = el("div", { class: "panel", hidden: true, id: `panel-${first.key}` });
  const toggle = button("", { class: "quiet toggle", "aria-expanded": "false", "aria-controls": panel.id }, () =>
    expand(!isOpen()),
  );
  const isOpen = () => toggle.getAttribute("aria-expanded") === "true";
  const toggleLabel = el("span");
  toggle.append(toggleLabel, icon(chevron));
  const element = el(
    "li",
    { class: "card", tabindex: "-1" },
    preview.element,
    el("div", { class: "card-head" }, el("h3", { class: "name" }, name), chip, meta),
    stepper.element,
    body,
    toggle,
    panel,
  );
  const fillBody = keyed(body);
  const fillPanel = keyed(panel);
  let entry = first;

  function expand(open: boolean) {
    toggle.setAttribute("aria-expanded", String(open));
    panel.hidden = !open;
    showPanel();
  }

  function showPanel() {
    const { picture } = entry;
    if (isOpen() && picture !== undefined) fillPanel(picture.status, () => panelParts(picture, actions));
  }

  function show(now: Entry) {
    entry = now;
    const { picture, upload } = entry;
    const { label, mood } = standing(entry);
    if (picture !== undefined) element.id = anchorOf(picture.pictureId);
    element.dataset.mood = mood;
    name.textContent = picture?.name ?? upload?.name ?? "";
    chip.textContent = label;
    meta.textContent = picture ? `${original(picture)} · ${moment(picture.enteredAt)}` : bytes(upload?.bytes ?? 0);
    preview.show(entry);
    stepper.show(picture);
    stepper.element.hidden = upload?.state.phase === "failed" && picture === undefined;
    const told = outcome(entry, actions);
    fillBody(told.key, told.make);
    told.update?.(body);
    toggle.hidden = picture === undefined;
    toggleLabel.textContent = picture?.status === "published" ? "Markup and files" : "Details";
    showPanel();
  }

  show(first);
  return { element, show, open: () => expand(true), close: preview.close };
}
