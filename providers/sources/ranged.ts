import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { SourceError } from "./types.ts";

export interface Range {
  /** Bytes to leave out. @default 0 */
  readonly offset?: number;
  /** Only so many bytes from there. @default all */
  readonly first?: number;
}

export interface Ranged extends Range {
  /** The source's name. */
  readonly source: string;
  /** Asks with these headers; rejects with SourceErrors alone. */
  readonly ask: (headers: Readonly<Record<string, string>>) => Promise<Response>;
  /** What an answer other than the bytes means. */
  readonly refusal: (response: Response) => Promise<SourceError>;
}

/**
 * The bytes of a file over HTTP: plain fetch, because the SDKs buffer whole files or hang when the
 * connection breaks. Nothing when `offset` is at or past the end.
 */
export async function bytesFrom({ source, offset = 0, first, ask, refusal }: Ranged): Promise<Readable> {
  // A compressed answer would be counted in other bytes than the range.
  const response = await ask({
    "accept-encoding": "identity",
    ...((offset > 0 || first !== undefined) && { range: `bytes=${offset}-${first ? offset + first - 1 : ""}` }),
  });
  if (response.status === 416) {
    await response.body?.cancel();
    return Readable.from([]);
  }
  if (!response.ok) throw await refusal(response);
  const range = response.headers.get("content-range");
  if (offset > 0 && !range?.startsWith(`bytes ${offset}-`)) {
    await response.body?.cancel();
    throw new SourceError(
      source,
      "UNAVAILABLE",
      `expected the bytes from ${offset} on, received ${range ?? "no content-range"}`,
    );
  }
  return response.body ? Readable.fromWeb(response.body as ReadableStream) : Readable.from([]);
}

/** A rejected fetch, as a SourceError: it rejects for the network's, the clock's and the caller's sake alone. */
export function unanswered(source: string, service: string, error: unknown, signal?: AbortSignal): SourceError {
  if (error instanceof SourceError) return error;
  if (signal?.aborted) return new SourceError(source, "ABORTED", "the call was called off", { cause: signal.reason });
  return new SourceError(source, "UNAVAILABLE", `${service} gave no answer`, { cause: error });
}

/** The SDKs answer with the text of a body that they cannot read, as if it were the result. */
export function assertJson<T>(source: string, service: string, result: T): T {
  if (typeof result !== "string" || result === "") return result;
  throw new SourceError(source, "UNAVAILABLE", `expected JSON of ${service}, received something else`);
}
