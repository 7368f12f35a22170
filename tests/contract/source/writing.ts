import { expect } from "vitest";
import { isAt, last, noise, readAll, refusal, type SourceCase, type SourceRig, tick, upserts } from "./rig.ts";

const jpeg = { contentType: "image/jpeg" };
const write = (rig: SourceRig, path: string, body: Buffer) => {
  const source = rig.fresh();
  expect(source.write, "write of a source with a write-back folder").toBeDefined();
  return source.write!(path, body, jpeg);
};

export const writingCases: readonly SourceCase[] = [
  {
    title: "writes results back, also large ones and into folders that are not there yet",
    needs: "writesBack",
    async run(rig) {
      for (const [path, size] of [
        ["picture-w320.jpg", 1000],
        ["summer 2026/été +&%#.jpg", 50_000],
        ["large.jpg", 9 * 1024 * 1024],
      ] as const) {
        const written = await write(rig, path, noise(size));
        expect(isAt(written.path, path), written.path).toBe(true);
        expect((await rig.bytesOf(rig.writtenPath!(path)))?.equals(noise(size)), path).toBe(true);
      }
    },
  },
  {
    title: "does not write back over what is there, whoever put it there: CONFLICT",
    needs: "writesBack",
    async run(rig) {
      await rig.put(rig.writtenPath!("theirs.jpg"), noise(500, 1));
      await write(rig, "ours.jpg", noise(500, 2));
      for (const [path, seed] of [
        ["theirs.jpg", 1],
        ["ours.jpg", 2],
      ] as const) {
        expect((await refusal(write(rig, path, noise(600, 3)))).code, path).toBe("CONFLICT");
        expect((await rig.bytesOf(rig.writtenPath!(path)))?.equals(noise(500, seed)), path).toBe(true);
      }
      expect((await rig.paths()).filter((path) => /theirs|ours/.test(path))).toHaveLength(2);
    },
  },
  {
    title: "lets one of two win who write the same result at once",
    needs: "writesBack",
    async run(rig) {
      const ends = await Promise.allSettled([1, 2, 3].map((seed) => write(rig, "race.jpg", noise(500, seed))));
      const won = ends.findIndex(({ status }) => status === "fulfilled");
      expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      for (const end of ends) if (end.status === "rejected") expect(end.reason).toMatchObject({ code: "CONFLICT" });
      expect((await rig.bytesOf(rig.writtenPath!("race.jpg")))?.equals(noise(500, won + 1))).toBe(true);
    },
  },
  {
    title: "leaves nothing behind when writing back fails half way, and can write it again",
    needs: "writesBack",
    async run(rig) {
      const before = await rig.paths();
      rig.faults.breakWrites?.();
      if (rig.faults.breakWrites) await refusal(write(rig, "half.jpg", noise(9 * 1024 * 1024)));
      expect(await rig.paths()).toEqual(before);
      rig.faults.clear();
      await write(rig, "half.jpg", noise(1000));
      expect((await rig.bytesOf(rig.writtenPath!("half.jpg")))?.equals(noise(1000))).toBe(true);
    },
  },
  {
    title: "refuses to write outside its write-back folder",
    needs: "writesBack",
    async run(rig) {
      const before = await rig.paths();
      for (const path of ["../outside.jpg", "a/../../outside.jpg", "/../outside.jpg", ""])
        expect((await refusal(write(rig, path, noise(10)))).code, path).toBe("CONFIG");
      expect(await rig.paths()).toEqual(before);
    },
  },
  {
    title: "does not take its own results for new pictures",
    needs: "writesBack",
    async run(rig) {
      await rig.put("original.jpg", noise(500));
      const cursor = last(await tick(rig));
      await write(rig, "original-w320.jpg", noise(300));
      for (const seen of [await tick(rig, cursor), await tick(rig)]) {
        expect(upserts(seen).filter(({ path }) => isAt(path, "original-w320.jpg"))).toEqual([]);
        const skips = seen.changes.flatMap((c) => (c.kind === "skip" && isAt(c.path, "original-w320.jpg") ? [c] : []));
        expect(skips.map(({ reason }) => reason)).toEqual(["own-output"]);
      }
      const [original] = upserts(await tick(rig));
      expect(await readAll(rig.fresh(), original!)).toHaveLength(500);
    },
  },
];
