import type { Picture } from "../../handlers/record.ts";
import { el } from "../lib/dom.ts";
import { duration } from "../lib/format.ts";
import { type StepState, stepStates, steps } from "./words.ts";

export interface Stepper {
  readonly element: HTMLElement;
  show(picture: Picture | undefined): void;
}

/** The five steps of a picture's journey, as an ordered list that is updated in place. */
export function createStepper(): Stepper {
  const items = steps.map(({ actor, label }) => {
    const time = el("span", { class: "step-time" });
    const state = el("span", { class: "visually-hidden" });
    return { actor, time, state, element: el("li", { class: "step" }, el("span", {}, label), state, time) };
  });

  return {
    element: el("ol", { class: "steps", "aria-label": "Steps" }, ...items.map(({ element }) => element)),
    show(picture) {
      const states = stepStates(picture);
      items.forEach(({ actor, element, state, time }, at) => {
        const now = states[at] ?? "todo";
        const timing = picture?.timings[actor];
        element.dataset.state = now;
        state.textContent = `: ${spoken[now]} `;
        time.textContent = timing === undefined ? "" : duration(timing.ms);
      });
    },
  };
}

const spoken: Readonly<Record<StepState, string>> = {
  done: "done",
  active: "under way",
  waiting: "waits for a person",
  failed: "stopped here",
  todo: "not yet",
};
