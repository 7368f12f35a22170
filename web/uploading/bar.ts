import { button, el } from "../lib/dom.ts";
import { percent, plural } from "../lib/format.ts";
import type { Upload } from "./upload.ts";
import type { Uploads } from "./uploads.ts";

export interface BarDeps {
  readonly host: HTMLElement;
  readonly uploads: Pick<Uploads, "all" | "pause" | "resume" | "cancel">;
  /** Asks whether all may be cancelled. */
  readonly sure: (count: number) => Promise<boolean>;
}

/** One line about all uploads together, with what can be done to all of them; there only while there are any. */
export function createBar({ host, uploads, sure }: BarDeps): { show(): void } {
  const text = el("p", { class: "bar-text" });
  const progress = el("progress", { max: "1", "aria-label": "All uploads" });
  const each = (act: (id: string) => void, phases: readonly string[]) => () => {
    for (const { id, state } of uploads.all()) if (phases.includes(state.phase)) act(id);
    show();
  };
  const pause = button("Pause all", { class: "small" }, each(uploads.pause, ["waiting", "sending"]));
  const resume = button("Resume all", { class: "small" }, each(uploads.resume, ["paused"]));
  const cancel = button("Cancel all", { class: "small quiet" }, async () => {
    if (await sure(uploads.all().length)) each(uploads.cancel, ["waiting", "sending", "paused"])();
  });
  host.append(text, progress, el("div", { class: "row" }, pause, resume, cancel));

  /** Bytes of all that were open since none was. What left is done with, whatever came of it. */
  const batch = new Map<string, number>();

  function show() {
    const open = uploads.all().filter(({ state }) => state.phase !== "failed");
    host.hidden = open.length === 0;
    if (host.hidden) return batch.clear();
    for (const { id, bytes } of open) batch.set(id, bytes);
    const whole = [...batch.values()].reduce((sum, bytes) => sum + bytes, 0);
    const missing = open.reduce((sum, upload) => sum + upload.bytes * (1 - shareOf(upload)), 0);
    const share = whole === 0 ? 0 : 1 - missing / whole;
    const moving = open.filter(({ state }) => state.phase !== "paused").length;
    progress.value = share;
    text.textContent = `${sayHow(moving)} ${plural(open.length, "file")}, ${percent(share * 100)} there`;
    pause.hidden = moving === 0;
    resume.hidden = moving === open.length;
  }
  show();
  return { show };
}

const shareOf = ({ state }: Upload) => ("share" in state ? state.share : 0);

function sayHow(moving: number): string {
  if (moving === 0) return "Paused:";
  return navigator.onLine ? "Uploading" : "Waiting for the network:";
}
