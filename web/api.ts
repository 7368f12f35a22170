import type { Picture, Status } from "../handlers/record.ts";
import { passes, Trouble } from "./trouble.ts";

export interface Page {
  readonly pictures: readonly Picture[];
  readonly next?: string;
}

/** Where one file goes: form fields first, the file last. */
export interface Slot {
  readonly pictureId: string;
  readonly url: string;
  readonly fields: Readonly<Record<string, string>>;
}

export interface FileFacts {
  readonly name: string;
  readonly type: string;
  readonly bytes: number;
}

export type Verdict = "accept" | "reject";

/** Every call throws Trouble and nothing else. */
export interface Api {
  pictures(options: { readonly limit: number; readonly next?: string }): Promise<Page>;
  picture(id: string): Promise<Picture>;
  /** Asks for a place to put one file. */
  slot(file: FileFacts): Promise<Slot>;
  review(id: string, verdict: Verdict, reason: string): Promise<void>;
  counts(): Promise<Partial<Record<Status, number>>>;
}

export function createApi(send: typeof fetch = (...request) => fetch(...request)): Api {
  async function call<T>(path: string, body?: unknown): Promise<T> {
    const init: RequestInit =
      body === undefined
        ? {}
        : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
    let response: Response;
    try {
      response = await send(path, { ...init, signal: AbortSignal.timeout(20_000) });
    } catch (cause) {
      throw new Trouble("UNREACHABLE", unreachable, true, { cause });
    }
    const answer: unknown = await response.json().catch(() => undefined);
    if (!response.ok || typeof answer !== "object" || answer === null) throw toTrouble(response.status, answer);
    return answer as T;
  }

  return {
    pictures: ({ limit, next }) =>
      call(`/api/pictures?${new URLSearchParams({ limit: String(limit), ...(next !== undefined && { next }) })}`),
    picture: (id) => call(`/api/pictures/${encodeURIComponent(id)}`),
    async slot(file) {
      const { uploads } = await call<{ uploads: readonly (Slot | { readonly error: Problem })[] }>("/api/uploads", {
        files: [file],
      });
      const [slot] = uploads;
      if (slot === undefined) throw toTrouble(200, uploads);
      if ("error" in slot) throw new Trouble(slot.error.code, slot.error.sentence, false);
      return slot;
    },
    async review(id, verdict, reason) {
      await call(`/api/pictures/${encodeURIComponent(id)}/review`, { verdict, reason });
    },
    counts: async () => (await call<{ counts: Partial<Record<Status, number>> }>("/api/status")).counts,
  };
}

interface Problem {
  readonly code: string;
  readonly sentence: string;
}

const unreachable = "Darkroom cannot be reached. Check the connection, then try again.";

function toTrouble(status: number, answer: unknown): Trouble {
  const { code, detail, title } = (answer ?? {}) as { code?: unknown; detail?: unknown; title?: unknown };
  return new Trouble(
    typeof code === "string" ? code : "UNEXPECTED_ANSWER",
    [detail, title].find((text) => typeof text === "string") ??
      `Darkroom gave an answer this page does not understand (status ${status}). Load the page again.`,
    typeof code !== "string" || passes(status),
  );
}
