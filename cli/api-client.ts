import { z } from "zod";
import type { Picture, Reason, Status } from "../handlers/record.ts";
import { CliError } from "./output.ts";
import { signed } from "./signing.ts";

export type Upload =
  | { readonly pictureId: string; readonly url: string; readonly fields: Readonly<Record<string, string>> }
  | { readonly error: Reason };

/** Every call may throw a CliError; those whose code is in `passing` may go well a moment later. */
export interface ApiClient {
  /** Is there a Darkroom at the address, and does it take our calls? */
  greet(): Promise<void>;
  upload(file: { readonly name: string; readonly type: string; readonly bytes: number }): Promise<Upload>;
  pictures(ids: readonly string[]): Promise<readonly Picture[]>;
  status(): Promise<Readonly<Partial<Record<Status, number>>>>;
  review(pictureId: string, verdict: "accept" | "reject", reason: string): Promise<Picture>;
}

export const passing: ReadonlySet<string> = new Set(["HOST_UNREACHABLE", "HOST_TROUBLE"]);

/** Talks to a stack's API: a laptop's as it is, a function URL signed with the caller's AWS credentials. */
export function apiClient(base: string): ApiClient {
  const root = addressOf(base);
  async function call<S extends z.ZodType>(
    shape: S,
    method: string,
    path: string,
    body?: unknown,
  ): Promise<z.infer<S>> {
    const url = new URL(`/api${path}`, root);
    const text = body === undefined ? undefined : JSON.stringify(body);
    const { status, answer } = await asked(url, {
      method,
      body: text,
      headers: await signed({ method, url, body: text }),
      redirect: "manual",
      signal: AbortSignal.timeout(30_000),
    });
    if (status !== 200) throw refusal(`${method} ${url.pathname}`, status, answer);
    const found = shape.safeParse(asJson(answer));
    if (found.success) return found.data;
    throw new CliError(
      "HOST_STRANGE",
      `Expected ${url.href} to answer as a Darkroom does, received ${JSON.stringify(answer.slice(0, 60))}. Check the address.`,
    );
  }
  return {
    async greet() {
      await call(picturesShape, "GET", "/pictures?limit=1");
    },
    async upload(file) {
      return (await call(uploadsShape, "POST", "/uploads", { files: [file] })).uploads[0];
    },
    async pictures(ids) {
      return (await call(picturesShape, "GET", `/pictures?ids=${ids.map(encodeURIComponent).join(",")}`)).pictures;
    },
    async status() {
      return (await call(countsShape, "GET", "/status")).counts;
    },
    review: (pictureId, verdict, reason) =>
      call(pictureShape, "POST", `/pictures/${encodeURIComponent(pictureId)}/review`, { verdict, reason }),
  };
}

/** A call's answer, whatever it says. @throws CliError `HOST_UNREACHABLE` */
export async function asked(url: URL, init: RequestInit): Promise<{ status: number; answer: string }> {
  try {
    const response = await fetch(url, init);
    return { status: response.status, answer: await response.text() };
  } catch (cause) {
    throw new CliError(
      "HOST_UNREACHABLE",
      `Expected an answer from ${url.origin}, but there is none. Start a Darkroom with "npm start", or check the address.`,
      { cause },
    );
  }
}

/** Whether the same call may be answered well a moment later. */
export const isPassing = (status: number) => status >= 500 || status === 429 || status === 408;

/** Only what is used of an answer is looked at: a newer Darkroom may say more. */
const reasonShape = z.object({ code: z.string(), sentence: z.string() });
const pictureShape = z
  .looseObject({ pictureId: z.string(), status: z.string(), name: z.string(), reason: reasonShape.optional() })
  .transform((picture) => picture as unknown as Picture);
const picturesShape = z.object({ pictures: z.array(pictureShape) });
const countsShape = z.object({ counts: z.record(z.string(), z.number()) });
const uploadShape = z.union([
  z.object({ error: reasonShape }),
  z.object({ pictureId: z.string(), url: z.url({ protocol: /^https?$/ }), fields: z.record(z.string(), z.string()) }),
]);
const uploadsShape = z.object({ uploads: z.tuple([uploadShape]) });

function addressOf(base: string): URL {
  const url = URL.canParse(base) ? new URL(base) : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "") return url;
  throw new CliError(
    "BAD_ADDRESS",
    `Expected an address such as http://127.0.0.1:4000, without a password in it, received ${JSON.stringify(base)}.`,
  );
}

/** An error answer is problem+json with a code of its own, unless something else stands at the address. */
function refusal(call: string, status: number, answer: string): CliError {
  const problem = problemShape.safeParse(asJson(answer)).data;
  const code = isPassing(status) ? "HOST_TROUBLE" : (problem?.code ?? "HOST_REFUSED");
  return new CliError(
    code,
    problem?.detail ?? `${call} was answered ${status}: ${JSON.stringify(answer.slice(0, 60))}`,
  );
}
const problemShape = z.object({ code: z.string(), detail: z.string() });

function asJson(answer: string): unknown {
  try {
    return JSON.parse(answer);
  } catch {
    return undefined;
  }
}
