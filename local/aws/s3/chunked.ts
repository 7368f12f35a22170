import { createHash } from "node:crypto";
import { same } from "../signature.ts";
import { S3Error } from "./errors.ts";
import { createReader } from "./reader.ts";
import type { ChunkSigner } from "./signed-payload.ts";

export interface ChunkedOptions {
  /** `x-amz-decoded-content-length`. */
  readonly length: number;
  /** Trailing headers are put here, names in lower case, before the last byte is asked for. */
  readonly trailers: Map<string, string>;
  /** Present when the chunks are signed. */
  readonly signer?: ChunkSigner;
}

/**
 * Decodes `aws-chunked`, in which the SDK sends every stream: no package decodes it on the server's side.
 * @throws S3Error `IncompleteBody` or `SignatureDoesNotMatch`
 */
export async function* decodeChunks(source: AsyncIterable<Buffer>, options: ChunkedOptions): AsyncGenerator<Buffer> {
  const { length, trailers, signer } = options;
  const reader = createReader(source);
  let total = 0;
  for (;;) {
    const [size, signature] = sizeLine(await reader.line(LINE));
    const hash = createHash("sha256");
    for (let left = size; left > 0; ) {
      const piece = await reader.some(left);
      left -= piece.length;
      total += piece.length;
      if (signer) hash.update(piece);
      yield piece;
    }
    if (signer) expectSame(signer.chunk(hash.digest("hex")), signature);
    if (size === 0) break;
    if ((await reader.line(0)) !== "") throw new S3Error("IncompleteBody", "Expected a line end after a chunk.");
  }
  if (total !== length)
    throw new S3Error(
      "IncompleteBody",
      `Expected ${length} bytes as x-amz-decoded-content-length says, received ${total}.`,
    );
  await readTrailers();
  await reader.drain();

  async function readTrailers() {
    for (let line = await reader.line(LINE); line !== ""; line = await reader.line(LINE)) {
      const [name = "", value = ""] = line.split(/:(.*)/s);
      if (trailers.size >= MOST_TRAILERS)
        throw new S3Error("InvalidRequest", `Expected at most ${MOST_TRAILERS} trailing headers.`);
      trailers.set(name.trim().toLowerCase(), value.trim());
    }
    const signature = trailers.get(TRAILER_SIGNATURE);
    if (!signer || trailers.size === 0) return;
    const text = [...trailers]
      .filter(([name]) => name !== TRAILER_SIGNATURE)
      .map(([name, value]) => `${name}:${value}\n`)
      .join("");
    expectSame(signer.trailer(createHash("sha256").update(text).digest("hex")), signature);
  }
}

const LINE = 8 * 1024;
const MOST_TRAILERS = 16;
const TRAILER_SIGNATURE = "x-amz-trailer-signature";

/** `400;chunk-signature=…`: the size in hex, and the signature where there is one. */
function sizeLine(line: string): [number, string | undefined] {
  const [, size, signature] = /^([0-9a-f]{1,8})(?:;chunk-signature=([0-9a-f]{64}))?$/i.exec(line) ?? [];
  if (size === undefined) throw new S3Error("IncompleteBody", "Expected a chunk's size in hexadecimal.");
  return [Number.parseInt(size, 16), signature];
}

function expectSame(expected: string, received: string | undefined) {
  if (!same(expected, received ?? ""))
    throw new S3Error("SignatureDoesNotMatch", "A chunk's signature does not match the one we calculated.");
}
