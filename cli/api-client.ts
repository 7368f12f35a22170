import type { z } from "zod";
import type { Picture, Reason, Tier } from "../handlers/record.ts";
import {
  digestShape,
  type Exported,
  exportBegunShape,
  exportedShape,
  exportPlaceShape,
  forgettingShape,
  pictureShape,
  picturesShape,
  problemShape,
  type Redriven,
  type Regions,
  type Reviews,
  redriveShape,
  regionSaidShape,
  regionsShape,
  reviewsShape,
  type Standing,
  type StatusReport,
  standingsShape,
  statusShape,
  uploadsShape,
} from "./api-shapes.ts";
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
  status(): Promise<StatusReport>;
  /** One part of what was given up; with `really` it is put back on its way. */
  redrive(wanted: {
    readonly actor?: string;
    readonly reason?: string;
    readonly pictureId?: string;
    readonly really: boolean;
    readonly next?: string;
  }): Promise<{ readonly found: readonly Redriven[]; readonly next?: string }>;
  /** The stack's Regions; which of them are out, and what they have not finished. */
  regions(): Promise<Regions>;
  /** Takes a Region out of service, or brings it back. */
  sayOfRegion(region: string, out: boolean): Promise<void>;
  reviews(): Promise<Reviews>;
  review(pictureId: string, verdict: "accept" | "reject", reason: string): Promise<Picture>;
  /** Begins to bring its original back from the archive; it is there once its record says `restored`. */
  restore(pictureId: string, wish: { readonly tier: Tier; readonly days: number }): Promise<Picture>;
  /** Begins to delete it everywhere; it is done once its record says `forgotten`. */
  forget(pictureId: string): Promise<void>;
  sources(): Promise<readonly Standing[]>;
  /** Has the figures of a day mailed. */
  digest(day: "last" | "today"): Promise<void>;
  /** Has days of entry exported, first and last; answers the export's id. */
  beginExport(range: { readonly from: string; readonly to: string }): Promise<string>;
  exported(id: string): Promise<Exported>;
  /** Where Athena finds what was exported. */
  exportPlace(): Promise<{ readonly region: string; readonly database: string; readonly workgroup: string }>;
}

/** Operators' address of a Darkroom that runs on this machine. */
export const laptop = "http://127.0.0.1:4000/operator";

export const passing: ReadonlySet<string> = new Set(["HOST_UNREACHABLE", "HOST_TROUBLE"]);

/** Talks to a stack's API: a laptop's as it is, a function URL signed with the caller's AWS credentials. */
export function apiClient(base: string): ApiClient {
  const root = `${addressOf(base).href.replace(/\/+$/, "")}/api`;
  async function call<S extends z.ZodType>(
    shape: S,
    method: string,
    path: string,
    body?: unknown,
  ): Promise<z.infer<S>> {
    const url = new URL(`${root}${path}`);
    const text = body === undefined ? undefined : JSON.stringify(body);
    const { status, answer } = await asked(url, {
      method,
      body: text,
      headers: await signed({ method, url, body: text }),
      redirect: "manual",
      signal: AbortSignal.timeout(30_000),
    });
    if (status < 200 || status > 299) throw refusal(`${method} ${url.pathname}`, status, answer);
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
    status: () => call(statusShape, "GET", "/status"),
    redrive: (wanted) => call(redriveShape, "POST", "/redrive", wanted),
    regions: () => call(regionsShape, "GET", "/regions"),
    async sayOfRegion(region, out) {
      await call(regionSaidShape, "POST", `/regions/${encodeURIComponent(region)}`, { out });
    },
    async reviews() {
      const { next: more, ...reviews } = await call(reviewsShape, "GET", "/reviews");
      for (let next = more; next !== undefined; ) {
        const page = await call(reviewsShape, "GET", `/reviews?next=${encodeURIComponent(next)}`);
        reviews.pictures.push(...page.pictures);
        next = page.next;
      }
      return reviews;
    },
    review: (pictureId, verdict, reason) =>
      call(pictureShape, "POST", `/pictures/${encodeURIComponent(pictureId)}/review`, { verdict, reason }),
    restore: (pictureId, wish) =>
      call(pictureShape, "POST", `/pictures/${encodeURIComponent(pictureId)}/restore`, wish),
    async forget(pictureId) {
      await call(forgettingShape, "DELETE", `/pictures/${encodeURIComponent(pictureId)}`);
    },
    async sources() {
      return (await call(standingsShape, "GET", "/sources")).sources;
    },
    async digest(day) {
      await call(digestShape, "POST", "/digest", { day });
    },
    async beginExport(range) {
      return (await call(exportBegunShape, "POST", "/exports", range)).id;
    },
    exported: (id) => call(exportedShape, "GET", `/exports/${id}`),
    exportPlace: () => call(exportPlaceShape, "GET", "/exports"),
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

function addressOf(base: string): URL {
  const url = URL.canParse(base) ? new URL(base) : undefined;
  const isBare = url && url.username === "" && url.password === "" && url.search === "" && url.hash === "";
  if (isBare && /^https?:$/.test(url.protocol)) return url;
  throw new CliError(
    "BAD_ADDRESS",
    `Expected an address such as ${laptop}, without a password or ? in it, received ${JSON.stringify(base)}.`,
  );
}

/** An error answer is problem+json with a code of its own, unless something else stands at the address. */
function refusal(call: string, status: number, answer: string): CliError {
  const problem = problemShape.safeParse(asJson(answer)).data;
  if (problem && ofPeople.has(problem.code))
    return new CliError(
      "NOT_AN_OPERATORS_ADDRESS",
      `Expected the address at which operators call, received that of the page, which is for people who sign in (${problem.code}). Use ${laptop} on a laptop, or the stack's apiUrl.`,
    );
  const code = isPassing(status) ? "HOST_TROUBLE" : (problem?.code ?? "HOST_REFUSED");
  return new CliError(
    code,
    problem?.detail ?? `${call} was answered ${status}: ${JSON.stringify(answer.slice(0, 60))}`,
  );
}
/** What somebody is told who calls where people do, and has not signed in. */
const ofPeople: ReadonlySet<string> = new Set(["SIGN_IN_FIRST", "OTHER_ORIGIN", "NOT_BY_THE_DOOR"]);

function asJson(answer: string): unknown {
  try {
    return JSON.parse(answer);
  } catch {
    return undefined;
  }
}
