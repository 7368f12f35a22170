import { z } from "zod";
import type { Purse } from "../types.ts";
import { payFor } from "./paid.ts";
import { jpegsOf } from "./preview.ts";
import { type ModerationImage, type Moderator, ModeratorError, type ModeratorErrorCode } from "./types.ts";
import { type Answer, worstOf } from "./worst.ts";

export interface HttpModeratorDeps {
  /** Where the JPEG is posted. HTTPS, or HTTP on this machine. */
  readonly url: string;
  /** Sent as a bearer token. */
  readonly token?: string;
  /** Absent where calls are free, or nobody counts them. */
  readonly purse?: Purse;
  /** @default the platform's */
  readonly fetch?: typeof fetch;
  /** Longest wait for one answer, its body included, in milliseconds. @default 10_000 */
  readonly timeoutMs?: number;
}

const name = "http";
const mostBytes = 64 * 1024;

const confidence = z.number().min(0).max(100);
const answer = z.object({
  containsNudity: z.boolean(),
  confidence,
  labels: z
    .array(z.object({ name: z.string().min(1).max(200), confidence }))
    .max(200)
    .default([]),
});

/**
 * A moderator of your own: `POST`, `content-type: image/jpeg`, answered with JSON
 * `{ containsNudity, confidence: 0–100, labels?: [{ name, confidence: 0–100 }] }`, where
 * `confidence` is how sure it is that there is nudity, whichever the verdict.
 *
 * @throws ModeratorError `CONFIG` at once for an address or token that cannot be used.
 */
export function httpModerator(deps: HttpModeratorDeps): Moderator {
  const { fetch: send = fetch, timeoutMs = 10_000 } = deps;
  const url = toUrl(deps.url);
  const headers = { accept: "application/json", "content-type": "image/jpeg", ...authorization(deps.token) };

  const ask = async (jpeg: Buffer): Promise<Answer> => {
    await payFor(name, deps.purse);
    const signal = AbortSignal.timeout(timeoutMs);
    const body = new Uint8Array(jpeg);
    let text: string;
    try {
      const response = await send(url, { method: "POST", headers, body, redirect: "manual", signal });
      if (response.status !== 200) throw await refusal(response);
      text = await bounded(response);
    } catch (cause) {
      if (cause instanceof ModeratorError) throw cause;
      const what = signal.aborted ? `none within ${timeoutMs} ms` : "no connection";
      throw failure("UNAVAILABLE", `expected an answer from ${url.host}, received ${what}`, cause);
    }
    return toAnswer(text);
  };
  return { name, screen: (image: ModerationImage) => worstOf(name, jpegsOf(name, image), ask) };
}

function toUrl(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  const safe = url?.protocol === "https:" || (url?.protocol === "http:" && loopback.test(url.hostname));
  if (!url || !safe || url.username || url.password)
    throw failure(
      "CONFIG",
      "expected an https: address without credentials in it, or http: on this machine. Put the token into the secret",
    );
  return url;
}

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

function authorization(token: string | undefined): { authorization?: string } {
  const text = token?.trim();
  if (!text) return {};
  if (!/^[\x21-\x7e]+$/.test(text))
    throw failure(
      "CONFIG",
      "expected a token of printable ASCII without spaces, received something else. Set the secret again",
    );
  return { authorization: `Bearer ${text}` };
}

async function refusal(response: Response): Promise<ModeratorError> {
  await response.body?.cancel();
  return failure(codeOf(response.status), `expected status 200, received ${response.status}`);
}

function codeOf(status: number): ModeratorErrorCode {
  if (status === 401 || status === 403) return "AUTH";
  if (status === 429) return "RATE_LIMITED";
  if (status === 408 || status >= 500) return "UNAVAILABLE";
  if (status === 404 || status === 405 || status === 410 || (status >= 300 && status < 400)) return "CONFIG";
  return "BAD_ANSWER";
}

async function bounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > mostBytes)
      throw failure("BAD_ANSWER", `expected an answer of at most ${mostBytes} bytes, received more`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function toAnswer(text: string): Answer {
  const parsed = answer.safeParse(toJson(text));
  if (!parsed.success) throw failure("BAD_ANSWER", `expected the agreed JSON, but ${z.prettifyError(parsed.error)}`);
  // A yes this weak comes from a service that counts from 0 to 1; read as per cent it would publish.
  if (parsed.data.containsNudity && parsed.data.confidence <= 1)
    throw failure(
      "BAD_ANSWER",
      `expected a confidence of 0 to 100, received nudity with ${parsed.data.confidence}. Multiply it by 100`,
    );
  return parsed.data;
}

function toJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw failure("BAD_ANSWER", `expected JSON, received ${text.length} characters of something else`, cause);
  }
}

const failure = (code: ModeratorErrorCode, detail: string, cause?: unknown) =>
  new ModeratorError(name, code, detail, cause === undefined ? undefined : { cause });
