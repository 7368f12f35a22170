import type { Picture } from "../../handlers/record.ts";
import { button, el } from "../lib/dom.ts";
import { dimensions, percent } from "../lib/format.ts";
import { comparison } from "./compare.ts";
import { copyText, markupSection } from "./markup.ts";
import { renditionTable } from "./renditions.ts";
import { screening } from "./words.ts";

export interface PanelDeps {
  /** The sender's own file, where this browser still has it. */
  readonly before: (pictureId: string) => Promise<Blob | undefined>;
  readonly forget: (picture: Picture) => void;
}

/** What a card shows when it is opened: before and after, markup to paste, all files, the facts, and the way to delete it. */
export function panelParts(picture: Picture, { before, forget }: PanelDeps): HTMLElement[] {
  const parts: HTMLElement[] = [];
  if (picture.status === "published") {
    const place = el("div", { class: "compare-place" });
    void before(picture.pictureId).then((file) => {
      const figure = file && comparison(picture, file);
      if (figure !== undefined) place.append(figure);
    });
    parts.push(place, markupSection(`m-${picture.pictureId}`, picture.markup, copyText));
    parts.push(renditionTable(picture.renditions));
  }
  parts.push(facts(picture));
  if (picture.status !== "forgetting" && picture.status !== "forgotten")
    parts.push(
      el(
        "div",
        {},
        button("Delete everywhere…", { class: "small danger" }, () => forget(picture)),
      ),
    );
  return parts;
}

function facts(picture: Picture): HTMLElement {
  const list = el("dl", { class: "facts" });
  for (const [term, value] of factsOf(picture))
    if (value) list.append(el("div", {}, el("dt", {}, term), el("dd", {}, value)));
  return list;
}

function* factsOf(picture: Picture): Generator<[string, string | undefined]> {
  const { width, height } = "width" in picture ? picture : {};
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
