import type { PictureIn } from "../../handlers/record.ts";
import { el, webAddress } from "../lib/dom.ts";
import { bytes, percent, saved } from "../lib/format.ts";
import { large } from "./words.ts";

/**
 * The sender's file and the published picture, one over the other, with a slider between them.
 * Undefined where there is nothing to show; empty once the browser cannot draw one of them.
 */
export function comparison(picture: PictureIn<"published">, original: Blob): HTMLElement | undefined {
  const best = large(picture.renditions);
  const address = best && webAddress(best.url);
  if (best === undefined || address === undefined) return undefined;
  const object = URL.createObjectURL(original);
  const before = el("img", { src: object, alt: "", class: "compare-before", decoding: "async" });
  const after = el("img", { src: address, alt: `${picture.name}, as published`, decoding: "async" });
  const slider = el("input", {
    type: "range",
    min: "0",
    max: "100",
    value: "50",
    class: "compare-slider",
    "aria-label": "How much of the original is shown, from the left",
  });
  const stage = el("div", { class: "compare-stage" }, after, before, el("div", { class: "compare-line" }), slider);
  stage.style.aspectRatio = `${picture.width} / ${picture.height}`;

  function show() {
    stage.style.setProperty("--at", `${slider.value}%`);
    slider.setAttribute("aria-valuetext", `${percent(Number(slider.value))} original`);
  }
  slider.addEventListener("input", show);
  show();

  const less = saved(picture.bytes, best.bytesAfter);
  const figure = el(
    "figure",
    { class: "compare" },
    stage,
    el(
      "figcaption",
      {},
      el("span", {}, "Before: ", el("strong", {}, bytes(picture.bytes)), ` ${picture.format.toUpperCase()}`),
      el(
        "span",
        {},
        "After: ",
        el("strong", {}, bytes(best.bytesAfter)),
        ` ${best.format.toUpperCase()}`,
        ...(less === undefined ? [] : [", ", el("span", { class: "saved" }, less)]),
      ),
    ),
  );
  before.addEventListener("load", () => URL.revokeObjectURL(object));
  for (const image of [before, after]) image.addEventListener("error", () => figure.remove());
  return figure;
}
