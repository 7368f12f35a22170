import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join } from "node:path";
import { json as bodyOf } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import type { Picture } from "../../handlers/record.ts";
import type { Decision, SourceStanding, UploadStep } from "../../web/api.ts";
import { createFakePipeline, type FakePipelineOptions } from "../fixtures/fake-pipeline.ts";
import { createFakeStorage, type FakeStorage } from "./fake-storage.ts";
import { listen } from "./listen.ts";

export interface FakeFront {
  readonly url: string;
  readonly storage: Pick<FakeStorage, "fail" | "hold" | "release" | "seen">;
  /** Takes a picture in as if it had come from elsewhere; answers its id. */
  take(name: string, bytes: Buffer): string;
  picture(id: string): Picture | undefined;
  /** Writes a record anew without moving it, as a later attempt does. */
  touch(id: string): void;
  /** What stands in front of the API answers its next `times` calls instead: one whose route begins so. */
  inFront(route: string, status: number, text: string, times: number): void;
  /** Forgets every upload in parts that was begun, as a day does. */
  dayPasses(): void;
  /** How many are in review. */
  waiting(): number;
  readonly decisions: Decision[];
  readonly sources: SourceStanding[];
  /** Code of the latest mail to an address, as soon as there is one. */
  code(email: string): Promise<string>;
  /** Begins a session; answers the cookie's value. */
  enter(email: string): string;
  /** Ends every session. */
  signOutAll(): void;
  close(): Promise<void>;
}

export interface FakeFrontOptions extends FakePipelineOptions {
  /** Folder with the built page. */
  readonly web: string;
}

/** Few, so that a test needs only a few more. */
const reviewsAtOnce = 3;

export const editor = "editor@darkroom.example";
export const reviewer = "reviewer@darkroom.example";

/** The strictest policy that the page must live with. */
const policy = (storage: string) =>
  `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob: ${storage}; ` +
  `connect-src 'self' ${storage}; manifest-src 'self'; worker-src 'self'; form-action 'none'; base-uri 'none'`;

/**
 * The page's other side, without a pipeline behind it: serves the built page and plays the API. Storage is
 * another origin, as it is in earnest, so uploads need their CORS preflight.
 */
export async function startFakeFront({ web, ...options }: FakeFrontOptions): Promise<FakeFront> {
  const codes = new Map<string, string>();
  const sessions = new Map<string, string>();
  const decisions: Decision[] = [];
  const sources: SourceStanding[] = [];
  const names = new Map<string, string>();
  const forgotten = new Set<string>();
  const over = new Set<string>();
  let inFront: { readonly route: string; readonly status: number; readonly text: string; times: number } | undefined;
  const storage = await createFakeStorage({
    file: (key) => pipeline.file(key),
    onStored: (key, bytes) => pipeline.take(key, names.get(key) ?? "", bytes),
  });
  const pipeline = createFakePipeline(storage.url, options);

  const site = await listen(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
    if (!pathname.startsWith("/api/")) return page(response, web, pathname, policy(storage.url));
    const route = `${request.method} ${pathname.slice("/api".length)}`;
    if (inFront !== undefined && inFront.times > 0 && route.startsWith(inFront.route)) {
      inFront.times--;
      return response.writeHead(inFront.status).end(inFront.text);
    }
    const body = request.method === "POST" ? ((await bodyOf(request)) as Record<string, never>) : {};
    const person = sessions.get(/darkroom=([\w-]+)/.exec(request.headers.cookie ?? "")?.[1] ?? "");
    try {
      await api(route, { request, response, body, person, searchParams });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      answer(response, error.status, {
        title: error.code,
        status: error.status,
        code: error.code,
        detail: error.message,
      });
    }
  });

  interface Call {
    readonly request: IncomingMessage;
    readonly response: ServerResponse;
    readonly body: Record<string, never>;
    readonly person: string | undefined;
    readonly searchParams: URLSearchParams;
  }

  async function api(route: string, call: Call) {
    const { response, body, searchParams } = call;
    if (route === "POST /sign-in") {
      codes.set(body["email"]!, randomUUID());
      return answer(response, 202, { readAt: `${site.url}/mailbox` });
    }
    if (route === "POST /sessions") {
      const email = [...codes].find(([, code]) => code === body["code"])?.[0];
      if (email === undefined) throw new Refusal(403, "BAD_CODE", "This code does not work. Ask for a new one.");
      codes.delete(email);
      response.setHeader("set-cookie", `darkroom=${enter(email)}; HttpOnly; SameSite=Strict; Path=/`);
      return answer(response, 201, who(email));
    }
    const { person } = call;
    if (person === undefined) throw new Refusal(401, "SIGN_IN_FIRST", "Sign in and try again.");
    const id = /^\w+ \/(?:pictures|uploads)\/([^/]+)/.exec(route)?.[1] ?? "";

    if (route === "GET /session") return answer(response, 200, { ...who(person), limits: { maxBytes: 100e6 } });
    if (route === "DELETE /session") {
      sessions.clear();
      return response.writeHead(204).end();
    }
    if (route === "GET /pictures") {
      const ids = searchParams.get("ids")?.split(",");
      if (ids) return answer(response, 200, { pictures: ids.flatMap((each) => there(each) ?? []) });
      const from = Number(searchParams.get("next") ?? 0);
      const to = from + Number(searchParams.get("limit"));
      const all = pipeline.all().filter(({ pictureId }) => !forgotten.has(pictureId));
      return answer(response, 200, { pictures: all.slice(from, to), next: to < all.length ? String(to) : undefined });
    }
    if (route === "POST /uploads")
      return answer(response, 200, { uploads: [place(body["files"]![0]!, body["parts"] === true)] });
    if (route.endsWith("/sign") && over.has(id))
      throw new Refusal(404, "NO_UPLOAD", "There is no such upload in parts. Begin it again.");
    if (route.endsWith("/sign")) return answer(response, 200, storage.sign(id, body as unknown as UploadStep));
    if (route === "GET /reviews") {
      const waiting = pipeline.all().filter(({ status }) => status === "review");
      const from = Number(searchParams.get("next") ?? 0);
      const to = from + reviewsAtOnce;
      const next = to < waiting.length ? String(to) : undefined;
      return answer(response, 200, { pictures: waiting.slice(from, to), decisions, next });
    }
    if (route === "GET /sources") return answer(response, 200, { sources });
    if (route.endsWith("/preview"))
      return response.writeHead(200, { "content-type": "image/jpeg" }).end(pipeline.original(id));
    if (route.endsWith("/review")) {
      const { verdict, reason } = body as unknown as Decision;
      decisions.unshift({
        pictureId: id,
        verdict,
        reason,
        by: person,
        at: new Date().toISOString(),
        name: there(id)!.name,
      });
      pipeline.decide(id, verdict === "accept", reason);
      return answer(response, 200, there(id));
    }
    const found = there(id);
    if (found === undefined) throw new Refusal(404, "NO_PICTURE", "There is no such picture.");
    if (route.startsWith("DELETE ")) {
      pipeline.forget(id);
      setTimeout(() => forgotten.add(id), 300);
      return answer(response, 202, { pictureId: id, status: "forgetting" });
    }
    return answer(response, 200, found);
  }

  function enter(email: string): string {
    const token = randomUUID();
    sessions.set(token, email);
    return token;
  }

  const there = (id: string) => (forgotten.has(id) ? undefined : pipeline.get(id));
  const who = (email: string) => ({ email, reviewer: email === reviewer });

  function place({ name, bytes }: { name: string; bytes: number }, parts: boolean) {
    if (bytes > 100e6)
      return { error: { code: "TOO_LARGE", sentence: "This file is larger than the 100 MB taken here." } };
    const key = randomUUID();
    names.set(key, name);
    if (parts && bytes > 16 * 1024 * 1024) return { pictureId: key, key, partBytes: 8 * 1024 * 1024 };
    return { pictureId: key, key, url: `${storage.url}/`, fields: { key, policy: "signed" } };
  }

  return {
    url: site.url,
    storage,
    take(name, bytes) {
      const id = randomUUID();
      pipeline.take(id, name, bytes);
      return id;
    },
    picture: pipeline.get,
    touch: pipeline.touch,
    inFront(route, status, text, times) {
      inFront = { route, status, text, times };
    },
    dayPasses() {
      for (const key of names.keys()) over.add(key);
    },
    waiting: () => pipeline.counts().review ?? 0,
    decisions,
    sources,
    async code(email) {
      while (!codes.has(email)) await wait(20);
      return codes.get(email)!;
    },
    enter,
    signOutAll: () => sessions.clear(),
    async close() {
      pipeline.stop();
      await Promise.all([site.close(), storage.close()]);
    },
  };
}

class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, sentence: string) {
    super(sentence);
    this.status = status;
    this.code = code;
  }
}

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".webmanifest": "application/manifest+json",
};

async function page(response: ServerResponse, web: string, pathname: string, csp: string) {
  const name = pathname === "/" ? "index.html" : pathname.slice(1);
  const bytes = /^[\w.-]+$/.test(name) ? await readFile(join(web, name)).catch(() => undefined) : undefined;
  if (bytes === undefined) return response.writeHead(404).end();
  response.writeHead(200, {
    "content-type": types[extname(name)] ?? "application/octet-stream",
    "content-security-policy": csp,
    "cache-control": "no-cache",
  });
  response.end(bytes);
}

const answer = (response: ServerResponse, status: number, value: unknown) =>
  response
    .writeHead(status, { "content-type": status < 400 ? "application/json" : "application/problem+json" })
    .end(JSON.stringify(value));
