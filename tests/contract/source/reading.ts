import { setTimeout as delay } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect } from "vitest";
import { bytesFrom, fileAt, listed, noise, plenty, readAll, refusal, type SourceCase, tick } from "./rig.ts";

const MIB = 1024 * 1024;

export const readingCases: readonly SourceCase[] = [
  {
    title: "reads exactly the bytes that are there, whatever the file is called",
    async run(rig) {
      const names = [
        "plain.jpg",
        "a+b c%20d&e=f #g'h(1)!~.jpg",
        "été \u{1f600} 写真.jpg",
        "fol der/ä+%23/x.jpg",
        "%2e.png",
      ];
      for (const [i, name] of names.entries()) await rig.put(name, noise(50_000 + i, i));
      const all = await tick(rig);
      for (const [i, name] of names.entries())
        expect((await readAll(rig.fresh(), fileAt(all, name))).equals(noise(50_000 + i, i)), name).toBe(true);
    },
  },
  {
    title: "reads a file of many pieces, and one of a single byte",
    async run(rig) {
      await rig.put("large.png", noise(5 * MIB));
      await rig.put("small.png", Buffer.from("x"));
      const all = await tick(rig);
      expect((await readAll(rig.fresh(), fileAt(all, "large.png"))).equals(noise(5 * MIB))).toBe(true);
      expect((await readAll(rig.fresh(), fileAt(all, "small.png"))).toString()).toBe("x");
    },
  },
  {
    title: "goes on where it stopped after each of two cuts",
    needs: "cuts",
    async run(rig) {
      const bytes = noise(2 * MIB);
      const file = await listed(rig, "cut.jpg", bytes);
      for (const atByte of [0, 300_000]) {
        rig.faults.cut?.(2, atByte);
        const before = rig.faults.sent();
        expect((await readAll(rig.fresh(), file)).equals(bytes)).toBe(true);
        const surplus = rig.faults.sent() - before - bytes.length;
        // What was on its way when the line broke may be sent again, never the file from its start.
        expect(surplus, "bytes sent twice").toBeLessThan(256 * 1024);
      }
    },
  },
  {
    title: "goes on after the line went silent",
    needs: "hangs",
    async run(rig) {
      const bytes = noise(MIB);
      const file = await listed(rig, "silent.jpg", bytes);
      rig.faults.hang?.(1);
      expect((await readAll(rig.fresh({ idleMs: 300 }), file)).equals(bytes)).toBe(true);
    },
  },
  {
    title: "ends with INTEGRITY when a byte is wrong, never well",
    needs: "digests",
    async run(rig) {
      for (const size of [1000, 3 * MIB]) {
        const file = await listed(rig, `wrong-${size}.jpg`, noise(size));
        rig.faults.corruptBody?.();
        expect((await refusal(readAll(rig.fresh(), file))).code).toBe("INTEGRITY");
        rig.faults.clear();
      }
    },
  },
  {
    title: "ends with UNAVAILABLE when bytes are missing, also where no digest is known",
    needs: "cuts",
    async run(rig) {
      const file = await listed(rig, "short.jpg", noise(100_000));
      rig.faults.shortBody?.();
      for (const one of [file, { ...file, digest: undefined }]) {
        const error = await refusal(readAll(rig.fresh(), one));
        expect(error.code).toBe("UNAVAILABLE");
        expect(error.message).toContain("ended at 50000 of 100000 bytes");
      }
    },
  },
  {
    title: "never gives a replaced file for the version that was listed",
    async run(rig) {
      const old = await listed(rig, "replaced.jpg", noise(2 * MIB, 1));
      await (rig.replace ?? rig.put)("replaced.jpg", noise(2 * MIB, 2));
      await oldOrRefused(readAll(rig.fresh(), old), noise(2 * MIB, 1));
      await oldOrRefused(readAll(rig.fresh(), { ...old, digest: undefined }), noise(2 * MIB, 1));
    },
  },
  {
    title: "never mixes two versions when the file is replaced while it is read",
    async run(rig) {
      const before = noise(8 * MIB, 1);
      const file = { ...(await listed(rig, "mixed.jpg", before)), digest: undefined };
      rig.faults.cut?.(1, 4 * MIB);
      const stream = await rig.fresh().read(file, { maxBytes: plenty });
      const reading = (async () => {
        const pieces: Buffer[] = [];
        for await (const piece of stream) {
          if (pieces.length === 0) await (rig.replace ?? rig.put)("mixed.jpg", noise(8 * MIB, 2));
          pieces.push(piece);
        }
        return Buffer.concat(pieces);
      })();
      await oldOrRefused(reading, before);
    },
  },
  {
    title: "refuses more than it is allowed, to the byte, also where the size is unknown",
    async run(rig) {
      const file = await listed(rig, "limit.jpg", noise(300_000));
      for (const one of [file, { ...file, size: undefined }]) {
        expect((await refusal(readAll(rig.fresh(), one, 299_999))).code).toBe("TOO_LARGE");
        expect(await readAll(rig.fresh(), one, 300_000)).toHaveLength(300_000);
      }
    },
  },
  {
    title: "passes on no byte beyond the limit",
    async run(rig) {
      const file = await listed(rig, "limit.jpg", noise(2 * MIB));
      let passed = 0;
      const reading = async () => {
        const stream = await rig.fresh().read({ ...file, size: undefined }, { maxBytes: MIB });
        for await (const piece of stream) passed += piece.length;
      };
      expect((await refusal(reading())).code).toBe("TOO_LARGE");
      expect(passed).toBeLessThanOrEqual(MIB);
    },
  },
  {
    title: "stops with ABORTED when it is called off, before it began or half way",
    async run(rig) {
      const file = await listed(rig, "abort.jpg", noise(4 * MIB));
      expect((await refusal(readAll(rig.fresh(), file, plenty, AbortSignal.abort()))).code).toBe("ABORTED");
      const control = new AbortController();
      const reading = async () => {
        const stream = await rig.fresh().read(file, { maxBytes: plenty, signal: control.signal });
        for await (const _ of stream) control.abort();
      };
      expect((await refusal(reading())).code).toBe("ABORTED");
    },
  },
  {
    title: "reads 96 MiB with at most 50 MiB alive, however slowly they are taken",
    async run(rig) {
      const size = 96 * MIB;
      const file = await listed(rig, "huge.tiff", Buffer.alloc(size, noise(MIB)));
      const before = await alive();
      let [most, received, next] = [0, 0, 0];
      for await (const piece of await rig.fresh().read(file, { maxBytes: plenty })) {
        received += piece.length;
        if (received < next) continue;
        // Long enough for a reader without back-pressure to run ahead.
        await delay(20);
        most = Math.max(most, (await alive()) - before);
        next += 12 * MIB;
      }
      expect(received).toBe(size);
      expect(most / MIB, "MiB alive").toBeLessThanOrEqual(50);
    },
  },
  {
    title: "lets go of a stream that nobody wants any more",
    async run(rig) {
      const file = await listed(rig, "left.jpg", noise(4 * MIB));
      const source = rig.fresh();
      const stream = await source.read(file, { maxBytes: plenty });
      for await (const _ of stream) break;
      expect(stream.destroyed).toBe(true);
      expect(await bytesFrom(await source.read(file, { maxBytes: plenty }))).toHaveLength(4 * MIB);
    },
  },
];

/** A service that keeps old versions may serve them; nothing else may end well. */
async function oldOrRefused(reading: Promise<Buffer>, old: Buffer): Promise<void> {
  const bytes = await reading.catch((error: unknown) => error);
  if (Buffer.isBuffer(bytes)) expect(bytes.equals(old), "bytes of the version that was listed").toBe(true);
  else expect(["CHANGED", "NOT_FOUND"]).toContain((await refusal(Promise.reject(bytes))).code);
}

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as () => void;

/** Bytes on and off the heap that are still reachable. */
async function alive(): Promise<number> {
  // What a promise just handed over is only let go in a later turn.
  for (let turn = 0; turn < 3; turn++) {
    await delay(1);
    gc();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
