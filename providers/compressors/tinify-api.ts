/** `LIMIT` ends with the month and `AUTH` needs a person; `UNAVAILABLE` passes; the last two are this picture's alone. */
export type TinifyProblem = "LIMIT" | "AUTH" | "UNAVAILABLE" | "REFUSED" | "BAD_ANSWER";

export interface ShrinkRequest {
  readonly bytes: Buffer;
  readonly contentType: string;
  readonly key: string;
  readonly endpoint: string;
  readonly send: typeof fetch;
  /** For upload and download together, in milliseconds. */
  readonly timeout: number;
}

/**
 * One paid call of tinify's HTTP API (https://tinypng.com/developers/reference): `POST /shrink`,
 * then the result from the address it names. It never throws and never calls twice.
 *
 * Plain fetch and not the `tinify` package, because that repeats a failed call by itself, waits
 * and reads without bounds, keeps its key in a global, and can only speak to its own host.
 */
export async function shrink(
  request: ShrinkRequest,
): Promise<{ readonly bytes: Buffer } | { readonly code: TinifyProblem }> {
  const { bytes, contentType, key, endpoint, send, timeout } = request;
  const authorization = `Basic ${Buffer.from(`api:${key}`).toString("base64")}`;
  const options = { redirect: "error", signal: AbortSignal.timeout(timeout) } as const;
  try {
    const shrunk = await send(new URL("/shrink", endpoint), {
      ...options,
      method: "POST",
      headers: { authorization, "content-type": contentType },
      body: new Uint8Array(bytes),
    });
    await shrunk.body?.cancel();
    if (!shrunk.ok) return { code: problemOf(shrunk.status) };
    const result = resultOf(shrunk.headers.get("location"), endpoint);
    if (result === undefined) return { code: "BAD_ANSWER" };
    const response = await send(result, { ...options, headers: { authorization } });
    if (!response.ok) {
      await response.body?.cancel();
      return { code: problemOf(response.status) };
    }
    // Nothing larger than what was sent is of use.
    const body = await readAtMost(response, bytes.length);
    return body === undefined ? { code: "BAD_ANSWER" } : { bytes: body };
  } catch {
    // fetch rejects for the network's and the clock's sake alone: refused, reset, cut, timed out.
    return { code: "UNAVAILABLE" };
  }
}

function problemOf(status: number): TinifyProblem {
  if (status === 401 || status === 403) return "AUTH";
  // tinify knows no other limit than the month's.
  if (status === 429) return "LIMIT";
  return status >= 500 ? "UNAVAILABLE" : "REFUSED";
}

/** The key goes with the download, so only to the host that has it already. */
function resultOf(location: string | null, endpoint: string): URL | undefined {
  if (location === null || !URL.canParse(location, endpoint)) return undefined;
  const url = new URL(location, endpoint);
  return url.origin === new URL(endpoint).origin ? url : undefined;
}

async function readAtMost(response: Response, limit: number): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > limit) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}
