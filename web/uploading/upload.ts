import type { Body, UppyFile } from "@uppy/core";
import type { Trouble } from "../lib/trouble.ts";

export type UploadState =
  /** `share` of its bytes, 0–1, is there. */
  | { readonly phase: "waiting" | "sending" | "paused"; readonly share: number }
  /** All bytes are there; the record is not yet. */
  | { readonly phase: "sent" }
  | { readonly phase: "failed"; readonly code: string; readonly sentence: string; readonly passing: boolean };

export interface Upload {
  readonly id: string;
  readonly name: string;
  readonly bytes: number;
  /** Undefined where the browser lost it with an earlier page. */
  readonly file?: Blob;
  /** Known once a place was given. */
  readonly pictureId?: string;
  readonly state: UploadState;
}

/** What is written beside each file, and comes back with it after a reload. */
export type Facts = {
  /** Uppy names a file by what it is; ours tells two turns of the same file apart. */
  ownId: string;
  pictureId?: string;
};

export type UploadFile = UppyFile<Facts, Body>;

export interface Now {
  readonly failure: Trouble | undefined;
  readonly sending: boolean;
}

export function uploadOf(
  { meta, name, size, data, isPaused, progress }: UploadFile,
  { failure, sending }: Now,
): Upload {
  const share = progress.bytesTotal ? (progress.bytesUploaded || 0) / progress.bytesTotal : 0;
  return {
    id: meta.ownId,
    name,
    bytes: size ?? 0,
    ...(data instanceof Blob && { file: data }),
    ...(meta.pictureId !== undefined && { pictureId: meta.pictureId }),
    state:
      failure === undefined
        ? { phase: isPaused ? "paused" : sending ? "sending" : "waiting", share }
        : { phase: "failed", code: failure.code, sentence: failure.message, passing: failure.passing },
  };
}
