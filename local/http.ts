import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** A request that is wholly here: what a gateway makes an event of. */
export interface PlainRequest {
  readonly method: string;
  /** Path and query as they stood in the request line. */
  readonly url: string;
  /** Such as `1.1`. */
  readonly httpVersion: string;
  /** Names in lower case; the values of one name joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Who connected. */
  readonly sourceIp: string;
}

export interface PlainAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** A stream is read to its end, or destroyed. */
  readonly body: Buffer | Readable;
}

/** The whole request; undefined when its body has more than `mostBytes`. */
export async function readRequest(request: IncomingMessage, mostBytes: number): Promise<PlainRequest | undefined> {
  const body = await readBody(request, mostBytes);
  const headers = Object.entries(request.headers).map(([name, value]) => [name, [value].flat().join(",")] as const);
  return (
    body && {
      method: request.method ?? "GET",
      url: request.url ?? "/",
      httpVersion: request.httpVersion,
      headers: Object.fromEntries(headers),
      body,
      sourceIp: request.socket.remoteAddress ?? "127.0.0.1",
    }
  );
}

/** Reads to the end in any case, so that the answer finds its reader; keeps no more than `mostBytes`. */
export async function readBody(request: IncomingMessage, mostBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > mostBytes) chunks.length = 0;
    else chunks.push(chunk);
  }
  return bytes > mostBytes ? undefined : Buffer.concat(chunks);
}

/** Sends an answer; without its body where only the head was asked for. A reader who goes away ends it. */
export async function sendAnswer(
  response: ServerResponse,
  { status, headers, body }: PlainAnswer,
  { headOnly = false } = {},
): Promise<void> {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (!(body instanceof Readable) && status !== 304) response.setHeader("content-length", body.length);
  response.writeHead(status);
  if (headOnly) {
    if (body instanceof Readable) body.destroy();
    response.end();
  } else if (body instanceof Readable) {
    await pipeline(body, response).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ERR_STREAM_PREMATURE_CLOSE") throw error;
    });
  } else response.end(body);
}
