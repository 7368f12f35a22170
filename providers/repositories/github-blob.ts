import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { RepositoryError, type RepositoryFile } from "./types.ts";

/** The bytes as they come, and an error at their end unless they are those that Git calls so. */
export function verifiedBlob(name: string, file: RepositoryFile, body: ReadableStream<Uint8Array>): Readable {
  return Readable.from(checked(name, file, body), { objectMode: false });
}

async function* checked(name: string, { path, blob, bytes }: RepositoryFile, body: ReadableStream<Uint8Array>) {
  const hash = createHash("sha1").update(`blob ${bytes}\0`);
  let seen = 0;
  const wrong = (what: string, cause?: unknown) =>
    new RepositoryError(name, "INTEGRITY", `expected the ${bytes} bytes of ${path}, but ${what}`, { cause });
  try {
    for await (const piece of body) {
      seen += piece.length;
      if (seen > bytes) throw wrong("more came");
      hash.update(piece);
      yield Buffer.from(piece);
    }
  } catch (error) {
    if (error instanceof RepositoryError) throw error;
    throw wrong(`the connection broke after ${seen}`, error);
  }
  if (hash.digest("hex") !== blob) throw wrong("others came");
}
