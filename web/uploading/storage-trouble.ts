import { passes, Trouble } from "../lib/trouble.ts";

/** What Uppy says when the storage did not take something, as a sentence for a person. */
export function troubleOf(error: unknown): Trouble {
  const { code, status, body } = error as { code?: unknown; status?: unknown; body?: unknown };
  if (code === "NETWORK") return new Trouble("UNREACHABLE", broken, true);
  const named = typeof body === "string" ? /<Code>(\w+)<\/Code>/.exec(body)?.[1] : undefined;
  const storageCode = named ?? (typeof code === "string" ? code : `STATUS_${status ?? "UNKNOWN"}`);
  const sentence = sentences[storageCode] ?? "The storage did not take the file. Try again in a moment.";
  const passing = storageCode in again || typeof status !== "number" || passes(status);
  return new Trouble(storageCode, sentence, passing, { cause: error });
}

/** The API's and the storage's word for an upload in parts that is over: what it had must be sent anew. */
export const isOver = ({ code }: Trouble): boolean => code === "NO_UPLOAD" || code === "NoSuchUpload";

const broken = "The connection broke before the whole file had arrived. Nothing is lost.";

/** Refusals that a new place does away with. */
const again: Readonly<Record<string, string>> = {
  AccessDenied: "The permission to upload had run out. Try again to get a new one.",
  NoSuchUpload: "The storage no longer knows of this upload. Try again to begin it anew.",
};

const sentences: Readonly<Record<string, string>> = {
  ...again,
  EntityTooLarge: "This file is larger than Darkroom takes.",
  EntityTooSmall: "This file is empty.",
};
