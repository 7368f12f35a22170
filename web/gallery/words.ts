import type { Actor, Picture, Rendition } from "../../handlers/record.ts";
import { bytes, dimensions, duration, percent, saved } from "../lib/format.ts";
import type { Entry } from "./entries.ts";

/** Everything the page says about a picture, in words. Pure. */

export type Mood = "moving" | "good" | "bad" | "ask" | "plain";

export interface Standing {
  readonly label: string;
  readonly mood: Mood;
}

export function standing({ picture, upload }: Entry): Standing {
  if (picture !== undefined) return standings[picture.status];
  const state = upload?.state;
  if (state?.phase === "failed") return { label: "Not uploaded", mood: "bad" };
  if (state?.phase === "sending") return { label: "Uploading", mood: "moving" };
  if (state?.phase === "paused") return { label: "Paused", mood: "plain" };
  return state?.phase === "sent" ? { label: "Arriving", mood: "moving" } : { label: "In the queue", mood: "plain" };
}

const standings: Readonly<Record<Picture["status"], Standing>> = {
  received: { label: "Screening", mood: "moving" },
  accepted: { label: "Resizing", mood: "moving" },
  resized: { label: "Compressing", mood: "moving" },
  compressed: { label: "Publishing", mood: "moving" },
  published: { label: "Published", mood: "good" },
  review: { label: "In review", mood: "ask" },
  rejected: { label: "Refused", mood: "bad" },
  duplicate: { label: "Already here", mood: "plain" },
  forgetting: { label: "Being deleted", mood: "moving" },
  forgotten: { label: "Deleted", mood: "plain" },
};

export const steps: readonly { readonly actor: Actor; readonly label: string }[] = [
  { actor: "ingest", label: "Received" },
  { actor: "moderate", label: "Screened" },
  { actor: "resize", label: "Resized" },
  { actor: "compress", label: "Compressed" },
  { actor: "publish", label: "Published" },
];

export type StepState = "done" | "active" | "waiting" | "failed" | "todo";

const stepsDone: Readonly<Record<Exclude<Picture["status"], "rejected" | "forgetting" | "forgotten">, number>> = {
  received: 1,
  duplicate: 1,
  review: 1,
  accepted: 2,
  resized: 3,
  compressed: 4,
  published: 5,
};

/** Where each of the five steps stands. */
export function stepStates(picture: Picture | undefined): StepState[] {
  if (picture === undefined || picture.status === "forgetting" || picture.status === "forgotten")
    return steps.map(() => "todo");
  if (picture.status === "rejected") {
    const last = steps.findLastIndex(({ actor }) => picture.timings[actor] ?? picture.attempts[actor]);
    return steps.map((_, at) => (at < last ? "done" : at === Math.max(0, last) ? "failed" : "todo"));
  }
  const done = stepsDone[picture.status];
  const next = picture.status === "review" ? "waiting" : picture.status === "duplicate" ? "todo" : "active";
  return steps.map((_, at) => (at < done ? "done" : at === done ? next : "todo"));
}

/** The rendition a page of ordinary width would load: nearest to 640 px, in its smallest format. */
export function served(renditions: readonly Rendition[]): Rendition | undefined {
  const responsive = renditions.filter(({ level }) => /^w\d+$/.test(level) && level !== "w150");
  return nearest(responsive.length > 0 ? responsive : renditions, 640);
}

/** The rendition to show on the card. */
export const thumb = (renditions: readonly Rendition[]): Rendition | undefined => nearest(renditions, 400);

/** The rendition to hold the original against. */
export const large = (renditions: readonly Rendition[]): Rendition | undefined => nearest(renditions, 1280);

function nearest(renditions: readonly Rendition[], width: number): Rendition | undefined {
  const away = (rendition: Rendition) => Math.abs(rendition.width - width);
  return [...renditions].sort((a, b) => away(a) - away(b) || a.bytesAfter - b.bytesAfter)[0];
}

/** "at 640 px AVIF", with what it weighs and saves. */
export function saving(picture: Picture) {
  const best = "renditions" in picture ? served(picture.renditions) : undefined;
  if (best === undefined) return undefined;
  return {
    before: bytes(picture.bytes),
    after: bytes(best.bytesAfter),
    at: `at ${best.width}\u202fpx ${best.format.toUpperCase()}`,
    saved: saved(picture.bytes, best.bytesAfter),
  };
}

export function screening(picture: Picture): string | undefined {
  if (!("containsNudity" in picture) || picture.containsNudity === undefined) return undefined;
  const [found, of] = picture.containsNudity
    ? ["Contains nudity", "confidence"]
    : ["No nudity found", "nudity confidence"];
  const by = picture.moderator === undefined ? "" : `, says ${picture.moderator}`;
  return `${found} (${of} ${percent(picture.containsNudityConfidence ?? 0)}${by})`;
}

/** "4032 × 3024 JPEG", as far as it is known. */
export function original(picture: Picture): string {
  const { width, height, format } = "format" in picture ? picture : {};
  const size = width && height ? dimensions(width, height) : "";
  return [size, format?.toUpperCase() ?? "", bytes(picture.bytes)].filter(Boolean).join(" · ");
}

/** From entering to being published. */
export function wholeTime(picture: Picture): string | undefined {
  if (picture.status !== "published") return undefined;
  return duration(Math.max(0, Date.parse(picture.publishedAt) - Date.parse(picture.enteredAt)));
}

/** What a screen reader is told when a picture comes to rest. */
export function news({ picture, upload }: Entry): string | undefined {
  const name = picture?.name ?? upload?.name ?? "";
  if (picture?.status === "published") return `${name} is published.`;
  if (picture?.status === "rejected") return `${name} was refused. ${picture.reason.sentence}`;
  if (picture?.status === "review") return `${name} waits for a reviewer.`;
  if (picture?.status === "duplicate") return `${name} was here already.`;
  if (picture === undefined && upload?.state.phase === "failed")
    return `${name} was not uploaded. ${upload.state.sentence}`;
  return undefined;
}
