import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { isDeepStrictEqual } from "node:util";
import { onTestFinished } from "vitest";
import type { Reason, Status } from "../../handlers/record.ts";

export interface FakeDarkroom {
  /** Where operators call. */
  readonly url: string;
  /** Where people find the page. */
  readonly page: string;
  /** Every request in order, as `POST /api/uploads`. */
  readonly calls: readonly string[];
  /** What came by each signed form, by file name. */
  readonly received: ReadonlyMap<string, { readonly type: string; readonly bytes: Buffer; readonly times: number }>;
  readonly forgotten: readonly string[];
  /** Days whose figures were to be mailed. */
  readonly digests: readonly string[];
  /** What `POST /api/redrive` was asked. */
  readonly redrives: readonly object[];
  /** Days that were to be exported, first and last. */
  readonly exports: readonly { readonly from: string; readonly to: string }[];
  /** How originals are wanted back, by their pictures. */
  readonly wishes: ReadonlyMap<string, object>;
  readonly reviews: readonly { readonly id: string; readonly verdict: string; readonly reason: string }[];
}

interface FakeOptions {
  /** The statuses that a picture is seen in, one with each look at it; the last one stays. @default to published */
  readonly journey?: (name: string) => readonly Status[];
  /** Has its way with a request: a status to answer with, or `drop` to cut the connection. */
  readonly fault?: (call: string, nth: number, name: string) => number | "drop" | "text" | undefined;
  /** Why an upload is not even signed. */
  readonly refuse?: (name: string) => Reason | undefined;
  /** What `GET /api/sources` answers. */
  readonly sources?: readonly object[];
  /** What `GET /api/status` answers beside its counts. */
  readonly status?: object;
  /** What `POST /api/redrive` finds, part by part. */
  readonly redrive?: readonly (readonly object[])[];
  /** What was spent, of `GET /api/status`. */
  readonly costs?: readonly object[];
  /** What an export holds, by table and day; a day is finished with each look at it. */
  readonly exported?: Readonly<Record<string, Readonly<Record<string, Buffer>>>>;
  /** Looks at an original that is being restored until it is there. @default 2 */
  readonly restoredAfter?: number;
}

const wholeWay: readonly Status[] = ["received", "accepted", "resized", "compressed", "published"];

/** The API of a Darkroom and the storage its forms name, without a pipeline behind it. Closes with the test. */
export async function fakeDarkroom({
  journey = () => wholeWay,
  fault,
  refuse,
  sources = [],
  status = {},
  redrive = [[]],
  costs = [],
  exported = {},
  restoredAfter = 2,
}: FakeOptions = {}): Promise<FakeDarkroom> {
  const calls: string[] = [];
  const received = new Map<string, { type: string; bytes: Buffer; times: number }>();
  const reviews: { id: string; verdict: string; reason: string }[] = [];
  const signed = new Map<string, { name: string; type: string; bytes: number }>();
  const looks = new Map<string, number>();
  const forgotten: string[] = [];
  const digests: string[] = [];
  const redrives: object[] = [];
  const exports: { from: string; to: string }[] = [];
  const exportId = randomUUID();
  let exportLooks = 0;
  const wishes = new Map<string, object>();

  const archivedOf = (pictureId: string) => {
    const seen = looks.get(pictureId) ?? 0;
    looks.set(pictureId, seen + 1);
    const state =
      seen < restoredAfter ? { restoring: wishes.get(pictureId) } : { restored: { until: "2026-12-31T12:00:00.000Z" } };
    return { pictureId, name: "beach\u001b[2J.jpg", status: "published", archive: { class: "GLACIER", ...state } };
  };
  const pictureOf = (pictureId: string) => {
    if (wishes.has(pictureId)) return archivedOf(pictureId);
    const { name } = signed.get(pictureId)!;
    const seen = looks.get(pictureId) ?? 0;
    looks.set(pictureId, seen + 1);
    const statuses = journey(name);
    const status = statuses[Math.min(seen, statuses.length - 1)]!;
    return { pictureId, name, status, ...(status === "rejected" ? { reason: damaged } : {}) };
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
    const { pathname: path, searchParams } = new URL(request.url!, "http://fake");
    // The page's own API is for people, who have signed in and send from the page.
    if (path.startsWith("/api/")) {
      const [status, code] = request.method === "GET" ? [401, "SIGN_IN_FIRST"] : [403, "OTHER_ORIGIN"];
      return say(response, status as number, { code, detail: "Sign in." });
    }
    const pathname = path.replace(/^\/operator\//, "/");
    const call = `${request.method} ${pathname}`;
    const body = await buffer(request);
    const nth = calls.filter((other) => other === call).length;
    calls.push(call);
    const name = signed.get(pathname.slice("/storage/".length))?.name ?? "";
    const trouble = fault?.(call, nth, name);
    if (trouble === "drop") return request.socket.destroy();
    if (trouble === "text") return response.end("<h1>Some other server</h1>");
    if (trouble !== undefined) return say(response, trouble, { code: "BROKEN", detail: "It broke." });

    if (call === "POST /api/uploads") {
      const { files } = JSON.parse(body.toString()) as { files: { name: string; type: string; bytes: number }[] };
      const uploads = files.map((file) => {
        const error = refuse?.(file.name);
        if (error) return { error };
        const pictureId = randomUUID();
        signed.set(pictureId, file);
        return { pictureId, url: `${page}/storage/${pictureId}`, fields: formOf(pictureId, file.type) };
      });
      return say(response, 200, { uploads });
    }
    if (pathname.startsWith("/storage/")) {
      const promised = signed.get(pathname.slice("/storage/".length))!;
      const headers = { "content-type": request.headers["content-type"]! };
      const form = [...(await new Response(new Uint8Array(body), { headers }).formData())];
      const [, file] = form.at(-1)!;
      // As S3 does: fields after the file are not seen, and the form says how many bytes may come.
      const fields = Object.fromEntries(form.slice(0, -1));
      const wanted = formOf(pathname.slice("/storage/".length), promised.type);
      if (!isDeepStrictEqual(fields, wanted) || !(file instanceof Blob)) return say(response, 400, {});
      if (file.size !== promised.bytes) return xml(response, 400, "EntityTooLarge", "Your upload is too large.");
      const times = (received.get(promised.name)?.times ?? 0) + 1;
      received.set(promised.name, { type: promised.type, bytes: Buffer.from(await file.arrayBuffer()), times });
      return response.writeHead(204).end();
    }
    if (call === "GET /api/pictures") {
      const ids = searchParams.get("ids")?.split(",") ?? [];
      return say(response, 200, { pictures: ids.map(pictureOf) });
    }
    if (call === "GET /api/sources") return say(response, 200, { sources });
    if (call === "GET /api/reviews")
      return say(
        response,
        200,
        searchParams.has("next")
          ? { pictures: [inReview], decisions: [decided] }
          : { pictures: [], decisions: [decided], next: "older ones" },
      );
    if (request.method === "DELETE" && signed.has(pathname.slice("/api/pictures/".length))) {
      const pictureId = pathname.slice("/api/pictures/".length);
      forgotten.push(pictureId);
      return say(response, 202, { pictureId, status: "forgetting" });
    }
    if (call === "POST /api/digest") {
      const { day } = JSON.parse(body.toString()) as { day: string };
      digests.push(day);
      return say(response, 202, { day });
    }
    if (call === "GET /api/status")
      return say(response, 200, {
        counts: { published: 7, review: 2 },
        stuck: none,
        deadLetters: given,
        costs,
        ...status,
      });
    if (call === "POST /api/redrive") {
      const wanted = JSON.parse(body.toString()) as { next?: string };
      redrives.push(wanted);
      const part = Number(wanted.next ?? 0);
      return say(response, 200, {
        found: redrive[part] ?? [],
        ...(part + 1 < redrive.length && { next: String(part + 1) }),
      });
    }
    if (call === "POST /api/exports") {
      exports.push(JSON.parse(body.toString()));
      return say(response, 202, { id: exportId });
    }
    if (call === "GET /api/exports")
      return say(response, 200, { region: "eu-west-1", database: "darkroom_fake", workgroup: "darkroom-fake" });
    if (call === `GET /api/exports/${exportId}`) {
      const days = Object.keys(exported["pictures"] ?? {}).map((day) => ({ day, pictures: 2, renditions: 4 }));
      const finished = exportLooks >= days.length;
      const files = Object.entries(exported).flatMap(([table, parts]) =>
        Object.keys(parts).map((day) => ({ day, table, url: `${page}/operator/exported/${table}/${day}` })),
      );
      const done = days.slice(0, exportLooks++);
      return say(response, 200, { finished, of: days.length, days: done, files: finished ? files : [] });
    }
    const [, table = "", day = ""] = /^\/exported\/(\w+)\/([\d-]+)$/.exec(pathname) ?? [];
    if (exported[table]?.[day]) return response.writeHead(200).end(exported[table][day]);
    const id = /^\/api\/pictures\/([^/]+)\/review$/.exec(pathname)?.[1];
    if (id === "waiting") {
      const said = JSON.parse(body.toString()) as { verdict: string; reason: string };
      reviews.push({ id, ...said });
      return say(response, 200, { pictureId: id, name: "beach\u001b[2J.jpg", status: "accepted" });
    }
    const kept = /^\/api\/pictures\/(kept)\/restore$/.exec(pathname)?.[1];
    if (kept !== undefined) {
      wishes.set(kept, JSON.parse(body.toString()));
      return say(response, 202, archivedOf(kept));
    }
    return say(response, 404, { code: "NO_PICTURE", detail: "There is no such picture." });
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: Error) => response.writeHead(500).end(error.stack));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const page = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  onTestFinished(
    () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  );
  return { url: `${page}/operator`, page, calls, received, reviews, forgotten, digests, redrives, exports, wishes };
}

/** As a signed form is: one of its values begins like curl's way to name a file. */
const formOf = (key: string, type: string) => ({
  key,
  "Content-Type": type,
  "x-amz-meta-name": "@it's%20here",
  Policy: Buffer.from(JSON.stringify({ expiration: "2026-11-23T12:10:00.000Z" })).toString("base64"),
});

const none = { count: 0, pictures: [] };
const given = { groups: [], more: false };

const inReview = {
  pictureId: "waiting",
  name: "beach.jpg",
  status: "review",
  containsNudityConfidence: 61.4,
  reason: { code: "UNSURE", sentence: "A person must look." },
};
const decided = {
  pictureId: "gone",
  name: "statue.jpg",
  verdict: "accept",
  reason: "A statue.",
  by: "eve@example.com",
  at: "2026-11-23T11:00:00.000Z",
};

export const damaged: Reason = { code: "CORRUPT", sentence: "The JPEG file is damaged." };

const say = (response: ServerResponse, status: number, value: unknown) =>
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));

const xml = (response: ServerResponse, status: number, code: string, message: string) =>
  response.writeHead(status).end(`<Error><Code>${code}</Code><Message>${message}</Message></Error>`);
