import { S3Error } from "./errors.ts";

/** Takes lines and pieces out of a stream, holding no more than one chunk and a delimiter's length. */
export interface Reader {
  /** Up to the next CRLF, which is taken too. @throws S3Error `IncompleteBody` when the stream ends before it or `limit` is passed. */
  line(limit: number): Promise<string>;
  /** At least one byte and at most `most`. @throws S3Error `IncompleteBody` at the end of the stream. */
  some(most: number): Promise<Buffer>;
  /** The bytes before the delimiter, which is taken too. @throws S3Error `IncompleteBody` when it never comes. */
  until(delimiter: Buffer): AsyncGenerator<Buffer>;
  /** Reads to the end of the stream. */
  drain(): Promise<void>;
}

export function createReader(source: AsyncIterable<Buffer>): Reader {
  const chunks = source[Symbol.asyncIterator]();
  let held = Buffer.alloc(0) as Buffer;

  async function more() {
    const { done, value } = await chunks.next();
    if (done) throw new S3Error("IncompleteBody", "The request body ended before it was complete.");
    held = held.length === 0 ? value : Buffer.concat([held, value]);
  }
  function take(bytes: number) {
    const piece = held.subarray(0, bytes);
    held = held.subarray(bytes);
    return piece;
  }

  return {
    async line(limit) {
      for (;;) {
        const end = held.indexOf("\r\n");
        if (end > limit || (end < 0 && held.length > limit + 1))
          throw new S3Error("IncompleteBody", `Expected a line of at most ${limit} bytes in the request body.`);
        if (end >= 0) return take(end + 2).toString("utf8", 0, end);
        await more();
      }
    },
    async some(most) {
      while (held.length === 0) await more();
      return take(most);
    },
    async *until(delimiter) {
      for (;;) {
        const at = held.indexOf(delimiter);
        if (at >= 0) {
          const last = take(at);
          take(delimiter.length);
          yield last;
          return;
        }
        const safe = held.length - delimiter.length + 1;
        if (safe > 0) yield take(safe);
        await more();
      }
    },
    async drain() {
      while (!(await chunks.next()).done);
    },
  };
}
