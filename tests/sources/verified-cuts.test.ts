import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { SourceError } from "../../providers/sources/types.ts";
import { noise, refusal } from "../contract/source/rig.ts";
import { body, bytes, file, reader, silent } from "./verified-rig.ts";

const after = (times: number, how: () => Readable) => {
  let left = times;
  return async (offset: number) => (left-- > 0 ? how() : body(offset));
};

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

async function* ending(offset: number, error: Error) {
  yield* body(offset);
  throw error;
}
