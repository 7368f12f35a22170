import { once } from "node:events";
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Faults } from "./rig.ts";

export interface FaultProxyOptions {
  /** Origin of the server behind, such as `http://127.0.0.1:10000`. */
  readonly to: string;
  /** Whether a request asks for a file's bytes. */
  readonly isDownload: (request: IncomingMessage) => boolean;
  /** Whether a request is the one of a write-back that `breakWrites` breaks. */
  readonly isWrite: (request: IncomingMessage) => boolean;
  /** How the service says "too many requests". */
  readonly rateLimited: (response: ServerResponse, seconds: number) => void;
  /** How the service says "these credentials are no longer good". */
  readonly revoked: (response: ServerResponse) => void;
}

export interface FaultProxy {
  readonly origin: string;
  readonly faults: Required<Omit<Faults, "forget">>;
  /** `METHOD /path` and range of each request so far. */
  readonly requests: { readonly line: string; readonly range: string | undefined }[];
  close(): Promise<void>;
}

interface Troubles {
  cuts: { times: number; atByte: number };
  hangs: number;
  corrupt: boolean;
  short: boolean;
  seconds: number;
  revoked: boolean;
  writesBreak: boolean;
}

const none = (): Troubles => ({
  cuts: { times: 0, atByte: 0 },
  hangs: 0,
  corrupt: false,
  short: false,
  seconds: 0,
  revoked: false,
  writesBreak: false,
});

/** A proxy on this machine that passes everything on as it is, but for the trouble it was told to make. */
export async function faultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const agent = new Agent({ keepAlive: true });
  const requests: FaultProxy["requests"] = [];
  const troubles = none();
  let sent = 0;

  const server = createServer((incoming, response) => {
    requests.push({
      line: `${incoming.method} ${incoming.url}`,
      range: incoming.headers.range ?? (incoming.headers["x-ms-range"] as string | undefined),
    });
    response.on("error", () => {});
    if (troubles.seconds > 0 || troubles.revoked) {
      incoming.resume();
      return troubles.revoked ? options.revoked(response) : options.rateLimited(response, troubles.seconds);
    }
    if (troubles.writesBreak && options.isWrite(incoming)) return void incoming.once("data", () => incoming.destroy());
    const outgoing = request(
      `${options.to}${incoming.url}`,
      { method: incoming.method, headers: incoming.headers, agent },
      (answer) => void pass(incoming, answer, response),
    );
    outgoing.on("error", () => response.destroy());
    incoming.on("error", () => outgoing.destroy());
    incoming.pipe(outgoing);
  });

  async function pass(incoming: IncomingMessage, answer: IncomingMessage, response: ServerResponse): Promise<void> {
    answer.on("error", () => response.destroy());
    response.on("close", () => answer.destroy());
    const status = answer.statusCode ?? 502;
    const isBody = options.isDownload(incoming) && (status === 200 || status === 206);
    const { length, from, whole } = extentOf(answer);
    const most = isBody && troubles.short ? Math.max(0, Math.floor(whole / 2) - from) : Number.POSITIVE_INFINITY;
    const headers = { ...answer.headers, ...(most < length && { "content-length": String(most) }) };
    const wrongAt = isBody && troubles.corrupt ? Math.floor(length / 2) : -1;
    let stopAt = Number.POSITIVE_INFINITY;
    let hangs = false;
    if (isBody && troubles.cuts.times > 0 && troubles.cuts.atByte < length) {
      troubles.cuts.times--;
      stopAt = troubles.cuts.atByte;
    } else if (isBody && troubles.hangs > 0) {
      troubles.hangs--;
      stopAt = 1000;
      hangs = true;
    }

    response.writeHead(status, headers);
    response.flushHeaders();
    let at = 0;
    try {
      for await (const chunk of answer as AsyncIterable<Buffer>) {
        const piece = chunk.subarray(0, Math.max(0, Math.min(most, stopAt) - at));
        if (wrongAt >= at && wrongAt < at + piece.length)
          piece.writeUInt8(piece.readUInt8(wrongAt - at) ^ 1, wrongAt - at);
        at += piece.length;
        if (isBody) sent += piece.length;
        if (!response.write(piece)) await once(response, "drain", { signal: AbortSignal.timeout(60_000) });
        if (at >= stopAt || at >= most) break;
      }
    } catch {
      return void response.destroy();
    }
    if (stopAt === Number.POSITIVE_INFINITY) response.end();
    // Only what has left this process surely arrives.
    else if (!hangs) response.write("", () => response.destroy());
  }

  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    faults: {
      cut: (times, atByte) => void Object.assign(troubles.cuts, { times, atByte }),
      corruptBody: () => void Object.assign(troubles, { corrupt: true }),
      shortBody: () => void Object.assign(troubles, { short: true }),
      hang: (times) => void Object.assign(troubles, { hangs: times }),
      rateLimit: (seconds) => void Object.assign(troubles, { seconds }),
      revoke: () => void Object.assign(troubles, { revoked: true }),
      breakWrites: () => void Object.assign(troubles, { writesBreak: true }),
      clear: () => void Object.assign(troubles, none()),
      sent: () => sent,
    },
    async close() {
      agent.destroy();
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

/** Bytes of this answer, where in the file they begin, and bytes of the whole file. */
function extentOf({ headers }: IncomingMessage): { length: number; from: number; whole: number } {
  const length = Number(headers["content-length"] ?? 0);
  const [, from, whole] = /^bytes (\d+)-\d+\/(\d+)$/.exec(headers["content-range"] ?? "") ?? [];
  return { length, from: Number(from ?? 0), whole: Number(whole ?? length) };
}
