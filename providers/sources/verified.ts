import { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { type Hasher, hasherOf } from "./digest.ts";
import { type Digest, type FileVersion, type ReadOptions, SourceError, type SourceErrorCode } from "./types.ts";

/** How patiently a source is read; each has a default. */
export interface Patience {
  /** Times a connection may break within one MiB before the read is given up. @default 5 */
  readonly retries?: number;
  /** A connection that gives nothing for so long counts as broken, in milliseconds. @default 30_000 */
  readonly idleMs?: number;
  /** @default a real wait, that ends when the signal does */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>;
}

export interface Verified extends Patience {
  /** The source's name. */
  readonly source: string;
  readonly file: FileVersion;
  readonly options: ReadOptions;
  /**
   * The file's bytes from `offset` on, of exactly this version; nothing when `offset` is its end.
   * Throws SourceErrors: UNAVAILABLE is tried again, every other ends the read. Any other error of
   * the returned stream is a cut.
   */
  readonly open: (offset: number, signal: AbortSignal) => Promise<Readable>;
  /** Where the digest is only known once the first `open` has answered. @default file.digest */
  readonly digest?: () => Digest | undefined;
}

/**
 * Reads a file, resumed where it stopped when the connection breaks. The stream ends only after
 * size and digest were found right. It holds one piece of `open`'s stream at a time.
 * @throws SourceError before the first byte, or as the stream's error.
 */
export async function verifiedStream(verified: Verified): Promise<Readable> {
  const stop = new AbortController();
  const pieces = verifiedPieces(verified, stop.signal);
  let first: Promise<IteratorResult<Buffer, void>> | undefined = pieces.next();
  await first;
  return new Readable({
    read() {
      const next = first ?? pieces.next();
      first = undefined;
      next.then(
        ({ done, value }) => this.push(done ? null : value),
        (error: Error) => this.destroy(error),
      );
    },
    destroy(error, done) {
      stop.abort();
      pieces.return().then(
        () => done(error),
        () => done(error),
      );
    },
  });
}

async function* verifiedPieces(verified: Verified, stopped: AbortSignal): AsyncGenerator<Buffer, void> {
  const { source, file, options, wait = pause, retries = 5 } = verified;
  const signal = options.signal ? AbortSignal.any([options.signal, stopped]) : stopped;
  const fail = (code: SourceErrorCode, detail: string, cause?: unknown) =>
    new SourceError(source, code, detail, { cause });
  const aborted = () => fail("ABORTED", `the read of ${file.path} was called off`, signal.reason);
  const tooLarge = (bytes: string) =>
    fail("TOO_LARGE", `expected at most ${options.maxBytes} bytes in ${file.path}, received ${bytes}`);
  if (signal.aborted) throw aborted();
  if (file.size !== undefined && file.size > options.maxBytes) throw tooLarge(String(file.size));

  let received = 0;
  let digest: Digest | undefined;
  let hasher: Hasher | undefined;
  const opened = () => {
    if (hasher) return;
    digest = verified.digest ? verified.digest() : file.digest;
    hasher = hasherOf(digest);
  };
  for (let failures = 0, counted = 0; ; ) {
    let cut: unknown;
    try {
      for await (const piece of connection(verified, received, opened, signal)) {
        received += piece.length;
        if (received > options.maxBytes) throw tooLarge("more");
        if (file.size !== undefined && received > file.size)
          throw fail("INTEGRITY", `expected ${file.size} bytes in ${file.path}, received more`);
        hasher?.update(piece);
        yield piece;
      }
    } catch (error) {
      if (signal.aborted) throw aborted();
      if (!isPassing(error)) throw error;
      cut = error;
    }
    if (file.size === undefined ? cut === undefined : received === file.size) break;

    if (received - counted >= MIB) failures = 0;
    if (failures === 0) counted = received;
    failures++;
    if (failures > retries) {
      if (received === 0 && cut instanceof SourceError) throw cut;
      throw fail("UNAVAILABLE", `${file.path} ended at ${received} of ${file.size ?? "unknown"} bytes`, cut);
    }
    try {
      await wait((cut as Partial<SourceError> | undefined)?.retryAfterMs ?? backOff(failures), signal);
    } catch (error) {
      throw signal.aborted ? aborted() : error;
    }
  }

  const found = hasher?.digest();
  if (digest && found !== digest.value.toLowerCase())
    throw fail("INTEGRITY", `expected the ${digest.algorithm} ${digest.value} of ${file.path}, received ${found}`);
}

/** What one `open` gives. @throws Cut when it breaks off or goes silent, and whatever `open` throws. */
async function* connection(
  { open, idleMs = 30_000 }: Verified,
  offset: number,
  opened: () => void,
  signal: AbortSignal,
): AsyncGenerator<Buffer, void> {
  const over = new AbortController();
  const opening = open(offset, AbortSignal.any([signal, over.signal]));
  try {
    const body = await within(opening, idleMs, signal);
    opened();
    const iterator = body[Symbol.asyncIterator]() as AsyncIterator<Buffer, void>;
    for (;;) {
      const next = iterator.next().catch((error) => {
        throw error instanceof SourceError ? error : new Cut("the connection broke", { cause: error });
      });
      const { done, value } = await within(next, idleMs, signal);
      if (done) return;
      yield value as Buffer;
    }
  } finally {
    over.abort();
    // Also when it only comes after nobody waits for it.
    opening.then(
      (body) => body.on("error", () => {}).destroy(),
      () => {},
    );
  }
}

class Cut extends Error {}

const isPassing = (error: unknown) =>
  error instanceof Cut || (error instanceof SourceError && error.code === "UNAVAILABLE");

const MIB = 1024 * 1024;

/** 200 ms, doubled each time up to 10 s, give or take a half. */
const backOff = (failures: number) => Math.min(10_000, 100 * 2 ** failures) * (0.5 + Math.random());

const pause = (ms: number, signal: AbortSignal) => delay(ms, undefined, { signal });

/** @throws Cut when nothing came in time, and the signal's reason when it was called off. */
function within<T>(promise: Promise<T>, ms: number, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const timer = setTimeout(() => settle(() => reject(new Cut(`nothing came for ${ms} ms`))), ms);
    const abort = () => settle(() => reject(signal.reason));
    const settle = (how: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
      how();
    };
    signal.addEventListener("abort", abort, { once: true });
    if (signal.aborted) abort();
    promise.then(
      (value) => settle(() => resolve(value)),
      (error) => settle(() => reject(error)),
    );
  });
}
