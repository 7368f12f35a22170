import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { type FileVersion, SourceError } from "../../providers/sources/types.ts";
import { type Verified, verifiedStream } from "../../providers/sources/verified.ts";
import { bytesFrom, noise, refusal } from "../contract/source/rig.ts";

const bytes = noise(300_000);
const sha256 = { algorithm: "sha256", value: createHash("sha256").update(bytes).digest("hex") } as const;
const file: FileVersion = { id: "1", version: "1", path: "a.jpg", size: bytes.length, digest: sha256 };

/** A file's bytes from `offset` on, in pieces, that break off when `count` were given. */
function body(offset: number, { count = Number.POSITIVE_INFINITY, from = bytes, error = new Error("reset") } = {}) {
  return Readable.from(
    (async function* () {
      let given = 0;
      for (let at = offset; at < from.length; at += 10_000) {
        if (given >= count) throw error;
        const piece = from.subarray(at, at + 10_000);
        given += piece.length;
        yield piece;
      }
    })(),
  );
}

interface Reader extends Partial<Verified> {
  readonly maxBytes?: number;
  readonly signal?: AbortSignal;
}

function reader({ maxBytes = 1_000_000, signal, ...more }: Reader = {}) {
  const waits: number[] = [];
  const offsets: number[] = [];
  const open = more.open ?? (async (offset: number) => body(offset));
  const read = () =>
    verifiedStream({
      source: "s",
      file,
      options: { maxBytes, signal },
      wait: async (ms) => void waits.push(ms),
      ...more,
      open(offset, inner) {
        offsets.push(offset);
        return open(offset, inner);
      },
    });
  return { waits, offsets, read, all: async () => bytesFrom(await read()) };
}

const silent = () => new Readable({ read() {} });
const after = (times: number, how: () => Readable) => {
  let left = times;
  return async (offset: number) => (left-- > 0 ? how() : body(offset));
};

describe("a read that goes well", () => {
  it("passes on the bytes in one go", async () => {
    const { all, offsets, waits } = reader();
    expect((await all()).equals(bytes)).toBe(true);
    expect({ offsets, waits }).toEqual({ offsets: [0], waits: [] });
  });

  it.each([
    ["sha256", sha256.value.toUpperCase()],
    ["md5", createHash("md5").update(bytes).digest("hex")],
    // One block only, so its hash is that of the whole's hash.
    ["dropbox", createHash("sha256").update(createHash("sha256").update(bytes).digest()).digest("hex")],
  ] as const)("compares a digest of kind %s, however it is written", async (algorithm, value) => {
    const right = { ...file, digest: { algorithm, value } };
    expect(await reader({ file: right }).all()).toHaveLength(bytes.length);
    const wrong = { ...file, digest: { algorithm, value: value.replace(/.$/, (c) => (c === "0" ? "1" : "0")) } };
    expect((await refusal(reader({ file: wrong }).all())).code).toBe("INTEGRITY");
  });

  it("counts Dropbox's blocks of 4 MiB over pieces of any size", async () => {
    const large = noise(9 * 1024 * 1024 + 17);
    const block = 4 * 1024 * 1024;
    const outer = createHash("sha256");
    for (let at = 0; at < large.length; at += block)
      outer.update(
        createHash("sha256")
          .update(large.subarray(at, at + block))
          .digest(),
      );
    const digest = { algorithm: "dropbox", value: outer.digest("hex") } as const;
    const open = async (offset: number) => body(offset, { from: large });
    const read = reader({ file: { ...file, size: large.length, digest }, open, maxBytes: large.length });
    expect((await read.all()).equals(large)).toBe(true);
  });

  it("takes the digest that is only known once the file was opened", async () => {
    let opened = false;
    const wrong = { algorithm: "md5", value: "0".repeat(32) } as const;
    const { all } = reader({
      digest: () => (opened ? wrong : undefined),
      async open(offset) {
        opened = true;
        return body(offset);
      },
    });
    expect((await refusal(all())).code).toBe("INTEGRITY");
  });

  it("reads an empty file, and one whose size nobody knows", async () => {
    const empty = { ...file, size: 0, digest: undefined };
    expect(await reader({ file: empty, open: async () => Readable.from([]) }).all()).toHaveLength(0);
    expect(await reader({ file: { ...file, size: undefined } }).all()).toHaveLength(bytes.length);
  });
});

describe("a connection that breaks", () => {
  it("goes on from where it stopped, and still compares the whole digest", async () => {
    let cuts = 2;
    const { all, offsets, waits } = reader({
      open: async (offset) => body(offset, cuts-- > 0 ? { count: 50_000 } : {}),
    });
    expect((await all()).equals(bytes)).toBe(true);
    expect(offsets).toEqual([0, 50_000, 100_000]);
    expect(waits).toHaveLength(2);
  });

  it("goes on when a size is not known, and asks beyond the end at most once", async () => {
    let cuts = 1;
    const { all, offsets } = reader({
      file: { ...file, size: undefined },
      open: async (offset) => body(offset, cuts-- > 0 ? { count: 50_000 } : {}),
    });
    expect((await all()).equals(bytes)).toBe(true);
    expect(offsets).toEqual([0, 50_000]);
  });

  it("goes on after an orderly end that came too early", async () => {
    let early = 1;
    const open = async (offset: number) => body(offset, early-- > 0 ? { from: bytes.subarray(0, 70_000) } : {});
    const { all, offsets } = reader({ open });
    expect((await all()).equals(bytes)).toBe(true);
    expect(offsets).toEqual([0, 70_000]);
  });

  it("gives up after a few times, says how far it came, and waits longer each time", async () => {
    const { all, waits } = reader({
      open: async (offset) => body(offset, offset === 0 ? { count: 100_000 } : { count: 0 }),
    });
    const error = await refusal(all());
    expect(error.message).toBe("[s] UNAVAILABLE: a.jpg ended at 100000 of 300000 bytes");
    expect(waits).toHaveLength(5);
    expect(waits[4]).toBeGreaterThan(waits[0]!);
    for (const ms of waits) expect(ms).toBeLessThan(15_000);
  });

  it("does not give up while it gets on", async () => {
    const large = noise(20 * 1024 * 1024);
    const open = async (offset: number) => body(offset, { from: large, count: 1_100_000 });
    const read = reader({ file: { ...file, size: large.length, digest: undefined }, open, maxBytes: large.length });
    expect((await read.all()).equals(large)).toBe(true);
    expect(read.offsets.length).toBeGreaterThan(15);
  });

  it("does not mind a break after the last byte, but for what the source has to say of it", async () => {
    expect(
      await reader({ open: async (offset) => Readable.from(ending(offset, new Error("reset"))) }).all(),
    ).toHaveLength(bytes.length);
    const changed = new SourceError("s", "CHANGED", "it was changed");
    const error = await refusal(reader({ open: async (offset) => Readable.from(ending(offset, changed)) }).all());
    expect(error).toBe(changed);
  });

  it("tries an open again that says UNAVAILABLE, after as long as it says", async () => {
    let left = 1;
    const { all, waits } = reader({
      async open(offset) {
        if (left-- > 0) throw new SourceError("s", "UNAVAILABLE", "try again", { retryAfterMs: 1234 });
        return body(offset);
      },
    });
    expect(await all()).toHaveLength(bytes.length);
    expect(waits).toEqual([1234]);
  });

  it.each(["NOT_FOUND", "CHANGED", "RATE_LIMITED", "AUTH", "ARCHIVED"] as const)(
    "does not try again what is %s",
    async (code) => {
      const told = new SourceError("s", code, "so it is");
      const { read, offsets } = reader({ open: () => Promise.reject(told) });
      expect(await refusal(read())).toBe(told);
      expect(offsets).toEqual([0]);
    },
  );

  it("leaves an error that nobody foresaw as it is", async () => {
    const bug = new TypeError("x is not a function");
    await expect(reader({ open: () => Promise.reject(bug) }).read()).rejects.toBe(bug);
  });
});

describe("a connection that goes silent", () => {
  it("is left, and the read goes on", async () => {
    const { all, offsets } = reader({ idleMs: 20, open: after(2, silent) });
    expect(await all()).toHaveLength(bytes.length);
    expect(offsets).toEqual([0, 0, 0]);
  });

  it("is left while it is being opened, too, and closed should it come after all", async () => {
    const late = silent();
    let left = 1;
    const signals: AbortSignal[] = [];
    const { all } = reader({
      idleMs: 20,
      async open(offset, signal) {
        signals.push(signal);
        if (left-- === 0) return body(offset);
        return new Promise((resolve) => setTimeout(() => resolve(late), 60));
      },
    });
    expect(await all()).toHaveLength(bytes.length);
    expect(signals[0]?.aborted).toBe(true);
    await expect.poll(() => late.destroyed).toBe(true);
  });

  it("is not suspected when the reader itself is slow", async () => {
    const { read, offsets } = reader({ idleMs: 30 });
    let received = 0;
    for await (const piece of await read()) {
      if (received === 0) await new Promise((resolve) => setTimeout(resolve, 90));
      received += piece.length;
    }
    expect({ received, offsets }).toEqual({ received: bytes.length, offsets: [0] });
  });
});

describe("bytes that should not be", () => {
  it("never end well: too many", async () => {
    const open = async (offset: number) => body(offset, { from: noise(310_000) });
    const error = await refusal(reader({ file: { ...file, digest: undefined }, open }).all());
    expect(error.message).toBe("[s] INTEGRITY: expected 300000 bytes in a.jpg, received more");
  });

  it("are not even asked for when the listed size is too large", async () => {
    const { read, offsets } = reader({ maxBytes: 299_999 });
    expect((await refusal(read())).message).toBe(
      "[s] TOO_LARGE: expected at most 299999 bytes in a.jpg, received 300000",
    );
    expect(offsets).toEqual([]);
  });
});

describe("a reader that stops", () => {
  it("is told ABORTED, also while a cut is waited out or nothing comes", async () => {
    const control = new AbortController();
    const cut = reader({
      signal: control.signal,
      open: async (offset) => body(offset, { count: 0 }),
      wait: async (_, signal) => {
        control.abort();
        signal.throwIfAborted();
      },
    });
    expect((await refusal(cut.all())).code).toBe("ABORTED");
    const waiting = reader({ signal: AbortSignal.timeout(20), open: async () => silent() });
    expect((await refusal(waiting.all())).code).toBe("ABORTED");
  });

  it("closes the connection behind it, also one that says nothing", async () => {
    const first = Buffer.alloc(10);
    const hanging = new Readable({ read() {} });
    hanging.push(first);
    const stream = await reader({ open: async () => hanging }).read();
    for await (const _ of stream) break;
    await expect.poll(() => hanging.destroyed).toBe(true);
    const pending = silent();
    const control = new AbortController();
    const reading = reader({ open: async () => pending, signal: control.signal }).read();
    control.abort();
    await refusal(reading);
    expect(pending.destroyed).toBe(true);
  });

  it("leaves no timer running behind it, which would keep the process alive", async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    const before = timers();
    await reader({ idleMs: 60_000 }).all();
    expect(timers()).toBeLessThanOrEqual(before);
  });

  it("gets no more pieces than it takes", async () => {
    let made = 0;
    const open = async () =>
      new Readable({
        highWaterMark: 10_000,
        read() {
          made++;
          this.push(Buffer.alloc(10_000));
        },
      });
    const stream = await reader({ file: { ...file, size: undefined, digest: undefined }, open, maxBytes: 1e12 }).read();
    const pieces = stream[Symbol.asyncIterator]();
    await pieces.next();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(made * 10_000).toBeLessThan(200_000);
    stream.destroy();
  });
});

async function* ending(offset: number, error: Error) {
  yield* body(offset);
  throw error;
}
