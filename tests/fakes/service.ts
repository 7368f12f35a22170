import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** What the fakes of the clouds share: a server on this machine that also fails when told to. */

/** Bytes that need not be in memory. */
export interface Content {
  readonly size: number;
  slice(from: number, to: number): Uint8Array;
}

export interface Call {
  /** What is called, such as `files/download`; faults go by it. */
  readonly route: string;
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  /** `from` up to, not with, `to`. */
  readonly content?: { readonly of: Content; readonly from: number; readonly to: number };
}

export type Fault =
  | { readonly kind: "answer"; readonly answer: Answer }
  /** The connection breaks after so many bytes of the body; nothing comes at all for -1. */
  | { readonly kind: "cut"; readonly after: number }
  /** The content ends in good order at its middle, and has nothing beyond. */
  | { readonly kind: "half" }
  /** One bit in the middle of the content is wrong. */
  | { readonly kind: "corrupt" }
  /** Nothing more comes after the first bytes, and the connection stays open. */
  | { readonly kind: "hang" }
  /** The work is done, but its answer never arrives. */
  | { readonly kind: "lost" }
  /** Something happens just before the answer. */
  | { readonly kind: "meanwhile"; readonly act: () => void };

export interface Service {
  readonly origin: string;
  readonly calls: readonly Call[];
  count(route: string): number;
  /** Bytes of content sent so far. */
  readonly sent: number;
  /** The next so many calls of a route, or of all of them for `*`, go wrong like that. */
  fault(route: string, fault: Fault, times?: number): void;
  /** Nothing goes wrong any more. */
  clear(): void;
  /** Each call may go wrong, as this says: faults for whole runs. */
  weather: ((call: Call) => Fault | undefined) | undefined;
  close(): Promise<void>;
}

export async function serve(
  routeOf: (method: string, url: URL) => string,
  answer: (call: Call) => Answer | Promise<Answer>,
): Promise<Service> {
  let faults: { readonly route: string; readonly fault: Fault; times: number }[] = [];
  const calls: Call[] = [];
  let sent = 0;

  function faultOf(call: Call): Fault | undefined {
    const found = faults.find(({ route, times }) => times > 0 && (route === "*" || route === call.route));
    if (!found) return service.weather?.(call);
    found.times--;
    return found.fault;
  }
  async function pass(response: ServerResponse, answer: Answer, fault: Fault | undefined): Promise<void> {
    const body = bodyOf(answer, fault);
    const whole = body.to - body.from;
    const length = fault?.kind === "cut" ? Math.min(fault.after, whole) : fault?.kind === "hang" ? 1000 : whole;
    response.on("error", () => response.destroy());
    response.writeHead(body.status, { "content-length": whole, ...body.headers });
    for (let at = body.from; at < body.from + length; at += pieceBytes) {
      const piece = Buffer.from(body.of.slice(at, Math.min(body.from + length, at + pieceBytes)));
      const wrong = Math.floor(body.of.size / 2) - at;
      if (fault?.kind === "corrupt" && wrong >= 0 && wrong < piece.length) piece[wrong]! ^= 1;
      if (response.destroyed) return;
      if (answer.content) sent += piece.length;
      // Also called, with an error, when the reader has gone.
      await new Promise((resolve) => response.write(piece, resolve));
    }
    if (fault?.kind === "hang") return;
    if (length === whole) response.end();
    else response.write("", () => setImmediate(() => response.destroy()));
  }

  const server = createServer(async (request, response) => {
    const method = request.method ?? "GET";
    const url = new URL(request.url ?? "/", "http://fake");
    const call = { route: routeOf(method, url), method, url, headers: request.headers, body: await buffer(request) };
    calls.push(call);
    const fault = faultOf(call);
    if (fault?.kind === "cut" && fault.after < 0) return void request.socket.destroy();
    if (fault?.kind === "meanwhile") fault.act();
    const given = fault?.kind === "answer" ? fault.answer : await answer(call);
    if (fault?.kind === "lost") return void request.socket.destroy();
    await pass(response, given, fault);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const service: Service = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    count: (route) => calls.filter((call) => call.route === route).length,
    get sent() {
      return sent;
    },
    fault: (route, fault, times = 1) => void faults.push({ route, fault, times }),
    clear() {
      faults = [];
      service.weather = undefined;
    },
    weather: undefined,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return service;
}

/** A fetch for which `https://<host>/path` is `<origin>/<host>/path`. */
export const rerouted =
  (origin: string): typeof fetch =>
  (input, init) => {
    const { hostname, pathname, search } = new URL(input instanceof Request ? input.url : input);
    return fetch(`${origin}/${hostname}${pathname}${search}`, init);
  };

export const inMemory = (bytes: Uint8Array): Content => ({
  size: bytes.length,
  slice: (from, to) => bytes.subarray(from, to),
});

/** `bytes=from-` or `bytes=from-to`; undefined for none. */
export function rangeOf(header: string | undefined, size: number): { from: number; to: number } | undefined {
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(header ?? "") ?? [];
  if (from === undefined) return undefined;
  return { from: Number(from), to: to ? Math.min(size, Number(to) + 1) : size };
}

/** A whole file, or the range that was asked for. */
export function download(of: Content, range: string | undefined, headers: Readonly<Record<string, string>>): Answer {
  const wanted = rangeOf(range, of.size);
  if (!wanted) return { status: 200, headers, content: { of, from: 0, to: of.size } };
  if (wanted.from >= of.size) return { status: 416, headers: { "content-range": `bytes */${of.size}` } };
  const { from, to } = wanted;
  return {
    status: 206,
    headers: { ...headers, "content-range": `bytes ${from}-${to - 1}/${of.size}` },
    content: { of, from, to },
  };
}

function bodyOf({ status, headers, json, content }: Answer, fault: Fault | undefined) {
  if (content) {
    const end = fault?.kind === "half" ? Math.floor(content.of.size / 2) : content.to;
    if (fault?.kind === "half" && content.from >= end) return { status: 416, headers: {}, of: nothing, from: 0, to: 0 };
    return { status, headers, ...content, to: Math.min(content.to, end) };
  }
  const of = json === undefined ? nothing : inMemory(Buffer.from(JSON.stringify(json)));
  return { status, headers: { "content-type": "application/json", ...headers }, of, from: 0, to: of.size };
}

const nothing = inMemory(Buffer.alloc(0));
const pieceBytes = 65_536;
