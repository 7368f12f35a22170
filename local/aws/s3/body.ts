import { createVerifier } from "./checksums.ts";
import { decodeChunks } from "./chunked.ts";
import { S3Error } from "./errors.ts";
import { chunkSigner } from "./signed-payload.ts";
import type { Checksum, S3Request } from "./types.ts";

export interface Body extends AsyncIterable<Buffer> {
  /** What the caller gave and the bytes bore out; known when the last byte has been read. */
  readonly checksum: () => Checksum | undefined;
}

/**
 * The request's payload, decoded. It ends with an S3Error unless it is what the headers and trailers
 * promise, so nothing read from it may be kept before it has ended well.
 */
export function bodyOf(request: S3Request): Body {
  const { headers, query } = request;
  const declared = headers["x-amz-content-sha256"] ?? query.get("X-Amz-Content-Sha256") ?? "UNSIGNED-PAYLOAD";
  const trailers = new Map<string, string>();
  const verifier = createVerifier({
    sha256: /^[0-9a-f]{64}$/.test(declared) ? declared : undefined,
    md5: headers["content-md5"],
    algorithm: checksumAlgorithm(headers),
  });
  const raw = rawBody(request);
  const plain = declared.startsWith("STREAMING-")
    ? decodeChunks(raw, {
        length: lengthOf(headers, "x-amz-decoded-content-length"),
        trailers,
        signer: signerOf(request, declared),
      })
    : raw;
  let checksum: Checksum | undefined;
  return {
    checksum: () => checksum,
    async *[Symbol.asyncIterator]() {
      for await (const piece of plain) {
        verifier.update(piece);
        yield piece;
      }
      const name = `x-amz-checksum-${checksumAlgorithm(headers)}`;
      checksum = await verifier.verify(headers[name] ?? trailers.get(name));
    },
  };
}

/** A small body, such as an XML document. @throws S3Error when it is longer than `limit` bytes. */
export async function textOf(request: S3Request, limit = 2 * 1024 * 1024): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of bodyOf(request)) {
    size += piece.length;
    if (size > limit) throw new S3Error("MaxMessageLengthExceeded", `Expected at most ${limit} bytes, received more.`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}

/** The bytes as they come. Leaving it early keeps the connection open, so that the refusal can still be sent. */
export function rawBody({ incoming }: Pick<S3Request, "incoming">): AsyncIterable<Buffer> {
  return { [Symbol.asyncIterator]: () => incoming.iterator({ destroyOnReturn: false }) };
}

/** @throws S3Error `MissingContentLength` */
export function lengthOf(headers: S3Request["headers"], name: string): number {
  const value = headers[name] ?? "";
  if (/^\d{1,15}$/.test(value)) return Number(value);
  throw new S3Error("MissingContentLength", `You must provide the ${name} HTTP header.`);
}

/** The algorithm of the checksum that comes as a header or trailer. @throws S3Error */
export function checksumAlgorithm(headers: S3Request["headers"]): string | undefined {
  const names = [...Object.keys(headers), ...(headers["x-amz-trailer"] ?? "").toLowerCase().split(",")];
  const prefix = "x-amz-checksum-";
  const found = names.map((name) => name.trim()).filter((name) => name.startsWith(prefix) && !NOT_VALUES.has(name));
  if (found.length > 1)
    throw new S3Error(
      "InvalidRequest",
      "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
    );
  return found[0]?.slice(prefix.length);
}

const NOT_VALUES = new Set(["x-amz-checksum-algorithm", "x-amz-checksum-mode", "x-amz-checksum-type"]);

function signerOf({ incoming, identity }: S3Request, declared: string) {
  if (declared === "STREAMING-UNSIGNED-PAYLOAD-TRAILER") return undefined;
  if (declared === "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" || declared === "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER") {
    return chunkSigner(
      { method: incoming.method ?? "", rawPath: incoming.url ?? "", headers: incoming.headers },
      identity,
    );
  }
  throw new S3Error(
    "NotImplemented",
    `Expected a streaming payload signed with HMAC or not at all, received ${declared}.`,
  );
}
