import type { Picture } from "../handlers/record.ts";
import { el } from "./dom.ts";
import { dimensions, percent } from "./format.ts";
import { copyText, markupSection } from "./markup.ts";
import { renditionTable } from "./renditions.ts";
import { screening } from "./words.ts";

/** What a card shows when it is opened: markup to paste, all files, and the facts. */
export function panelParts(picture: Picture): HTMLElement[] {
  const parts: HTMLElement[] = [];
  if (picture.status === "published") parts.push(markupSection(`m-${picture.pictureId}`, picture.markup, copyText));
  if (picture.status === "published") parts.push(renditionTable(picture.renditions));
  parts.push(facts(picture));
  return parts;
}

function facts(picture: Picture): HTMLElement {
  const list = el("dl", { class: "facts" });
  for (const [term, value] of factsOf(picture))
    if (value) list.append(el("div", {}, el("dt", {}, term), el("dd", {}, value)));
  return list;
}

function* factsOf(picture: Picture): Generator<[string, string | undefined]> {
  const { width, height } = picture;
  yield ["Original", width && height ? dimensions(width, height) : undefined];
  yield ["Screening", screening(picture)];
  if ("labels" in picture && picture.labels)
    yield ["Seen in it", picture.labels.map(({ name, confidence }) => `${name} ${percent(confidence)}`).join(", ")];
  if ("acceptedBy" in picture) yield ["Let through by", picture.acceptedBy];
  if ("reviewedBy" in picture) yield ["Decided by", picture.reviewedBy];
  if ("scaling" in picture) yield ["Scaled by", picture.scaling];
  if ("note" in picture) yield ["Note", picture.note];
  yield ["Came from", picture.source];
  yield ["Sent by", picture.uploader];
  yield ["Worked on in", [picture.environment, picture.region, picture.availabilityZone].filter(Boolean).join(" · ")];
  yield ["Number", picture.pictureId];
}
