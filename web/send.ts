import type { Slot } from "./api.ts";
import { passes, Trouble } from "./trouble.ts";

export interface Sending {
  readonly slot: Slot;
  readonly file: File;
  readonly signal: AbortSignal;
  /** Share sent so far, 0–1. */
  readonly onProgress: (share: number) => void;
}

/** Puts one file into its place. An XMLHttpRequest, because fetch does not tell how far an upload is. @throws Trouble */
export function sendFile({ slot, file, signal, onProgress }: Sending): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0));
    request.addEventListener("load", () => {
      if (request.status >= 200 && request.status < 300) return resolve();
      const code = /<Code>(\w+)<\/Code>/.exec(request.responseText)?.[1] ?? `STATUS_${request.status}`;
      const sentence = sentences[code] ?? "The storage did not take the file. Try again in a moment.";
      reject(new Trouble(code, sentence, code === "AccessDenied" || passes(request.status)));
    });
    request.addEventListener("error", () => reject(new Trouble("BROKEN", broken, true)));
    request.addEventListener("abort", () => reject(new Trouble("STOPPED", "This upload was stopped.", true)));
    signal.addEventListener("abort", () => request.abort(), { once: true });

    const form = new FormData();
    for (const [name, value] of Object.entries(slot.fields)) form.append(name, value);
    // S3 ignores every field that comes after the file.
    form.append("file", file, "file");
    request.open("POST", slot.url);
    request.send(form);
  });
}

const broken = "The connection broke before the whole file had arrived. Nothing is lost: try again.";

const sentences: Readonly<Record<string, string>> = {
  EntityTooLarge: "This file is larger than Darkroom takes.",
  EntityTooSmall: "This file is empty.",
  AccessDenied: "The permission to upload had run out. Try again to get a new one.",
};
