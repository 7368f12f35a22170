import { button, el } from "./dom.ts";

export interface Question {
  readonly title: string;
  readonly text: string;
  /** What the button says that does it. */
  readonly yes: string;
  readonly no: string;
  /** Yes undoes nothing, and so is what Enter means. @default false */
  readonly harmless?: boolean;
}

/** Asks in a dialog whether to go on; Escape means no. The focus goes back to where it was. */
export function confirmed({ title, text, yes, no, harmless = false }: Question): Promise<boolean> {
  const heading = el("h2", { id: "question" }, title);
  const dialog = el("dialog", { class: "question", "aria-labelledby": heading.id }, heading, el("p", {}, text));
  const close = (answer: string) => () => dialog.close(answer);
  dialog.append(
    el(
      "div",
      { class: "row answers" },
      button(no, { autofocus: !harmless }, close("no")),
      button(yes, { class: harmless ? "primary" : "danger", autofocus: harmless }, close("yes")),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}
