import type { Verdict } from "./api.ts";
import { button, el } from "./dom.ts";
import { Trouble } from "./trouble.ts";

/** Asks a person for the decision the machine left open. The reason is kept on the record, so it is never empty. */
export function reviewForm(id: string, decide: (verdict: Verdict, reason: string) => Promise<void>): HTMLElement {
  const reason = el("input", { id, type: "text", required: true, maxlength: "500", autocomplete: "off" });
  const trouble = el("p", { class: "trouble", role: "alert" });

  async function send(verdict: Verdict) {
    reason.value = reason.value.trim();
    if (!reason.reportValidity()) return;
    buttons.forEach((each) => {
      each.disabled = true;
    });
    trouble.textContent = "";
    try {
      await decide(verdict, reason.value);
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      trouble.textContent = error.message;
      buttons.forEach((each) => {
        each.disabled = false;
      });
    }
  }
  const buttons = [
    button("Accept", { class: "small primary" }, () => void send("accept")),
    button("Reject", { class: "small danger" }, () => void send("reject")),
  ];
  return el(
    "div",
    { class: "review" },
    el("label", { for: id, class: "field-label" }, "Your reason"),
    el("div", { class: "review-row" }, reason, ...buttons),
    trouble,
  );
}
