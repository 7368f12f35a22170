import type { Picture } from "../handlers/record.ts";
import { passes, Trouble } from "./lib/trouble.ts";

export interface Person {
  readonly email: string;
  /** May decide about pictures in review. */
  readonly reviewer: boolean;
}

export interface Page {
  readonly pictures: readonly Picture[];
  readonly next?: string;
}

export interface FileFacts {
  readonly name: string;
  readonly type: string;
  readonly bytes: number;
}

/** Where one file goes: form fields first, the file last. */
export interface Slot {
  readonly pictureId: string;
  readonly url: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** A large file's place: it goes there in parts, each of which is signed by itself. */
export interface PartedSlot {
  readonly pictureId: string;
  readonly key: string;
  /** Of every part but the last. */
  readonly partBytes: number;
}

export type UploadStep =
  | { readonly step: "create" }
  | { readonly step: "part"; readonly uploadId: string; readonly part: number }
  | { readonly step: "list" | "complete" | "abort"; readonly uploadId: string };

export interface Signed {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Verdict = "accept" | "reject";

export interface Decision {
  readonly pictureId: string;
  readonly verdict: Verdict;
  readonly reason: string;
  readonly by: string;
  /** ISO 8601. */
  readonly at: string;
  readonly name: string;
}

/** How one source of pictures stands. Times are ISO 8601. */
export interface SourceStanding {
  readonly name: string;
  readonly kind: string;
  readonly every: string;
  readonly lastPollAt?: string;
  readonly lastWellAt?: string;
  readonly cursorMovedAt?: string;
  readonly taken: number;
  /** By reason. */
  readonly skipped: Readonly<Record<string, number>>;
  readonly failed: number;
  readonly nextPollAt?: string;
  readonly trouble?: {
    readonly code: string;
    readonly sentence: string;
    readonly since: string;
    /** It will not pass by itself. */
    readonly needsPerson: boolean;
  };
}

/** Every call throws Trouble and nothing else. */
export interface Api {
  /** Mails a code. `readAt` is where mails can be read on a laptop. */
  askForCode(email: string): Promise<{ readonly readAt?: string }>;
  signIn(code: string): Promise<Person>;
  session(): Promise<Person>;
  signOut(): Promise<void>;
  pictures(options: { readonly limit: number; readonly next?: string }): Promise<Page>;
  /** Those of them that are still there. */
  picturesById(ids: readonly string[]): Promise<readonly Picture[]>;
  picture(id: string): Promise<Picture>;
  /** Asks for a place to put one file. */
  slot(file: FileFacts): Promise<Slot>;
  /** The same for one that goes in parts. */
  partedSlot(file: FileFacts): Promise<PartedSlot>;
  sign(pictureId: string, step: UploadStep): Promise<Signed>;
  forget(id: string): Promise<void>;
  /** `next` is there while more wait; it goes into the next call. */
  reviews(next?: string): Promise<Page & { readonly decisions: readonly Decision[] }>;
  review(id: string, verdict: Verdict, reason: string): Promise<void>;
  sources(): Promise<readonly SourceStanding[]>;
}

export function createApi(send: typeof fetch = (...request) => fetch(...request)): Api {
  async function call<T>(path: string, method = "GET", body?: unknown): Promise<T> {
    const init: RequestInit = { method };
    if (body !== undefined) {
      init.headers = { "content-type": "application/json" };
      init.body = JSON.stringify(body);
    }
    let response: Response;
    try {
      response = await send(`/api${path}`, { ...init, signal: AbortSignal.timeout(20_000) });
    } catch (cause) {
      throw new Trouble("UNREACHABLE", unreachable, true, { cause });
    }
    if (response.status === 204) return undefined as T;
    const answer: unknown = await response.json().catch(() => undefined);
    if (!response.ok || typeof answer !== "object" || answer === null) throw toTrouble(response.status, answer);
    return answer as T;
  }

  async function place<T>(file: FileFacts, more: object): Promise<T> {
    const { uploads } = await call<{ uploads: readonly (T | { readonly error: Problem })[] }>("/uploads", "POST", {
      files: [file],
      ...more,
    });
    const [slot] = uploads;
    if (slot === undefined) throw toTrouble(200, uploads);
    if (typeof slot === "object" && slot !== null && "error" in slot)
      throw new Trouble(slot.error.code, slot.error.sentence, false);
    return slot as T;
  }

  const at = (id: string) => `/pictures/${encodeURIComponent(id)}`;
  return {
    askForCode: (email) => call("/sign-in", "POST", { email }),
    signIn: (code) => call("/sessions", "POST", { code }),
    session: () => call("/session"),
    signOut: () => call("/session", "DELETE"),
    pictures: ({ limit, next }) =>
      call(`/pictures?${new URLSearchParams({ limit: String(limit), ...(next !== undefined && { next }) })}`),
    async picturesById(ids) {
      return ids.length === 0
        ? []
        : (await call<Page>(`/pictures?${new URLSearchParams({ ids: ids.join() })}`)).pictures;
    },
    picture: (id) => call(at(id)),
    slot: (file) => place(file, {}),
    partedSlot: (file) => place(file, { parts: true }),
    sign: (pictureId, step) => call(`/uploads/${encodeURIComponent(pictureId)}/sign`, "POST", step),
    async forget(id) {
      await call(at(id), "DELETE");
    },
    reviews: (next) => call(`/reviews${next === undefined ? "" : `?${new URLSearchParams({ next })}`}`),
    async review(id, verdict, reason) {
      await call(`${at(id)}/review`, "POST", { verdict, reason });
    },
    sources: async () => (await call<{ sources: readonly SourceStanding[] }>("/sources")).sources,
  };
}

/** Address of the small picture that a reviewer may look at. */
export const previewAddress = (pictureId: string) => `/api/pictures/${encodeURIComponent(pictureId)}/preview`;

interface Problem {
  readonly code: string;
  readonly sentence: string;
}

const unreachable = "Darkroom cannot be reached. Check the connection, then try again.";

function toTrouble(status: number, answer: unknown): Trouble {
  const { code, detail, title } = (answer ?? {}) as { code?: unknown; detail?: unknown; title?: unknown };
  // Whatever has no code was said in front of the API: by the gateway, the firewall, or a proxy on the way.
  if (typeof code !== "string") {
    const sentence = `Darkroom gave an answer this page does not understand (status ${status}). Load the page again.`;
    const [inFront, said] = saidInFront[status] ?? ["UNEXPECTED_ANSWER", sentence];
    return new Trouble(inFront, said, true);
  }
  const sentence = [detail, title].find((text) => typeof text === "string") ?? `Darkroom refused this: ${code}.`;
  return new Trouble(code, sentence, passes(status) || anew.has(code));
}

const saidInFront: Readonly<Record<number, readonly [code: string, sentence: string]>> = {
  403: ["STOPPED", "A firewall stopped this on its way to Darkroom. Try again, or from another network."],
  429: ["BUSY", "Darkroom is asked more than it takes at once, by you or from your network. Wait a few minutes."],
};

/** Refusals that beginning anew does away with. */
const anew: ReadonlySet<string> = new Set(["NO_UPLOAD"]);
