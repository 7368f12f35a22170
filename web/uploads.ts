import type { Api } from "./api.ts";
import type { Sending } from "./send.ts";
import { Trouble } from "./trouble.ts";

export type UploadState =
  | { readonly phase: "queued" }
  | { readonly phase: "sending"; readonly share: number }
  /** All bytes are there; the record is not yet. */
  | { readonly phase: "sent" }
  | { readonly phase: "failed"; readonly code: string; readonly sentence: string; readonly passing: boolean };

export interface Upload {
  readonly id: string;
  readonly file: File;
  /** Known once a place was given. */
  readonly pictureId?: string;
  readonly state: UploadState;
}

export interface UploadsDeps {
  readonly api: Pick<Api, "slot">;
  readonly send: (sending: Sending) => Promise<void>;
  /** Told at every change, with the upload as it is now. */
  readonly onChange: (upload: Upload) => void;
  /** @default 3 */
  readonly atOnce?: number;
}

export interface Uploads {
  add(files: readonly File[]): Upload[];
  retry(id: string): void;
  /** Stops it if it is on its way, and forgets it. */
  drop(id: string): void;
  /** How many are not through yet. */
  open(): number;
}

/** A queue that sends a few files at a time. A place is asked for only when its file's turn comes, so none expires waiting. */
export function createUploads({ api, send, onChange, atOnce = 3 }: UploadsDeps): Uploads {
  const uploads = new Map<string, Upload>();
  const queue: string[] = [];
  let count = 0;
  const running = new Map<string, AbortController>();

  function change(id: string, part: Partial<Upload>) {
    const upload = uploads.get(id);
    if (upload === undefined) return;
    const changed = { ...upload, ...part };
    uploads.set(id, changed);
    onChange(changed);
  }

  function pump() {
    while (running.size < atOnce && queue.length > 0) void run(queue.shift() as string);
  }

  async function run(id: string) {
    const file = uploads.get(id)?.file;
    if (file === undefined) return;
    const stop = new AbortController();
    running.set(id, stop);
    change(id, { state: { phase: "sending", share: 0 } });
    try {
      const slot = await api.slot({ name: file.name, type: file.type, bytes: file.size });
      change(id, { pictureId: slot.pictureId });
      if (!stop.signal.aborted) {
        const onProgress = (share: number) => change(id, { state: { phase: "sending", share } });
        await send({ slot, file, signal: stop.signal, onProgress });
        change(id, { state: { phase: "sent" } });
      }
    } catch (error) {
      change(id, { state: toFailure(error) });
    } finally {
      running.delete(id);
      pump();
    }
  }

  return {
    add(files) {
      const added = files.map((file): Upload => ({ id: `upload-${++count}`, file, state: { phase: "queued" } }));
      for (const upload of added) uploads.set(upload.id, upload);
      queue.push(...added.map(({ id }) => id));
      queueMicrotask(pump);
      return added;
    },
    retry(id) {
      change(id, { pictureId: undefined, state: { phase: "queued" } });
      queue.push(id);
      pump();
    },
    drop(id) {
      uploads.delete(id);
      running.get(id)?.abort();
    },
    open: () => running.size + queue.length,
  };
}

function toFailure(error: unknown): UploadState {
  if (!(error instanceof Trouble)) throw error;
  const { code, message: sentence, passing } = error;
  return { phase: "failed", code, sentence, passing };
}
