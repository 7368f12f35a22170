import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { noise, refusal } from "../contract/source/rig.ts";
import { body, bytes, file, reader, sha256, silent } from "./verified-rig.ts";

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
