import { expect } from "vitest";
import {
  fileAt,
  isAt,
  keys,
  type Listed,
  last,
  noise,
  readAll,
  refusal,
  type SourceCase,
  settled,
  tick,
  upserts,
} from "./rig.ts";

const pathsOf = (listed: Pick<Listed, "changes">) => upserts(listed).map(({ path }) => path);
const has = (listed: Pick<Listed, "changes">, path: string) => pathsOf(listed).some((found) => isAt(found, path));

export const listingCases: readonly SourceCase[] = [
  {
    title: "lists everything at first, once, page by page, with a fresh instance for each",
    async run(rig) {
      const paths = Array.from({ length: 25 }, (_, i) => `${["", "summer/", "summer/beach/"][i % 3]}picture-${i}.jpg`);
      for (const [i, path] of paths.entries()) await rig.put(path, noise(100 + i, i));
      const all = await tick(rig);
      expect(all.pages.length).toBeGreaterThan(2);
      for (const [i, path] of paths.entries()) {
        expect(pathsOf(all).filter((found) => isAt(found, path))).toHaveLength(1);
        const file = fileAt(all, path);
        expect(file.size ?? 100 + i).toBe(100 + i);
      }
      expect(upserts(all)).toHaveLength(25);
      expect(keys(all).size).toBe(25);
    },
  },
  {
    title: "lists nothing of an empty place, and gives a cursor all the same",
    async run(rig) {
      const none = await tick(rig);
      expect(none.changes).toEqual([]);
      await rig.put("first.jpg", noise(100));
      expect(has(await tick(rig, last(none)), "first.jpg")).toBe(true);
    },
  },
  {
    title: "delivers a file that came later, wherever it sorts, and loses none over idle ticks",
    async run(rig) {
      for (let i = 0; i < 12; i++) await rig.put(`middle-${i}.jpg`, noise(100, i));
      let cursor = last(await tick(rig));
      for (const path of ["zz-last.jpg", "aa-first.jpg", "middle-5a.jpg", "aa/deep/er.jpg"]) {
        cursor = last(await tick(rig, last(await tick(rig, cursor))));
        await rig.put(path, noise(100));
        const after = await tick(rig, cursor);
        expect(has(after, path), path).toBe(true);
        cursor = last(after);
      }
    },
  },
  {
    title: "delivers what came while it was listing, ahead of the page or behind it",
    async run(rig) {
      for (let i = 0; i < 25; i++) await rig.put(`middle-${i}.jpg`, noise(100, i));
      const first = await rig.fresh().changes();
      expect(first.more).toBe(true);
      await rig.put("aa-first.jpg", noise(100));
      await rig.put("zz-last.jpg", noise(100));
      const rest = await tick(rig, first.cursor);
      const after = await tick(rig, last(rest));
      const all = { changes: [...first.changes, ...rest.changes, ...after.changes] };
      for (const path of ["aa-first.jpg", "zz-last.jpg", ...Array.from({ length: 25 }, (_, i) => `middle-${i}.jpg`)])
        expect(has(all, path), path).toBe(true);
    },
  },
  {
    title: "tells at least the same again when a cursor is replayed",
    async run(rig) {
      for (let i = 0; i < 22; i++) await rig.put(`early-${i}.jpg`, noise(100, i));
      const first = await tick(rig);
      await rig.put("late.jpg", noise(100));
      await rig.put("later.jpg", noise(100));
      const second = await tick(rig, last(first));
      expect(has(second, "late.jpg") && has(second, "later.jpg")).toBe(true);
      await tick(rig, last(second));
      for (const [cursor, told] of [
        [undefined, first],
        [first.cursors[0], { changes: first.pages.slice(1).flatMap(({ changes }) => changes) }],
        [last(first), second],
      ] as const) {
        const again = keys(await tick(rig, cursor));
        expect([...keys(told)].filter((key) => !again.has(key))).toEqual([]);
      }
    },
  },
  {
    title: "gives an overwritten file the same id and another version",
    async run(rig) {
      await rig.put("same.jpg", noise(1000, 1));
      const before = await tick(rig);
      const old = fileAt(before, "same.jpg");
      await rig.put("same.jpg", noise(1000, 2));
      const file = fileAt(await tick(rig, last(before)), "same.jpg");
      expect(file.id).toBe(old.id);
      expect(file.version).not.toBe(old.version);
      expect((await readAll(rig.fresh(), file)).equals(noise(1000, 2))).toBe(true);
    },
  },
  {
    title: "gives a file that nobody touched the same id and version each time",
    async run(rig) {
      await rig.put("still.jpg", noise(1000));
      const first = keys(await tick(rig));
      expect(keys(await tick(rig))).toEqual(first);
    },
  },
  {
    title: "skips what is no picture or empty, and what only this service has, with the reason",
    async run(rig) {
      await rig.put("notes.txt", Buffer.from("text"), { mime: "text/plain" });
      await rig.put("empty.jpg", Buffer.alloc(0), { mime: "image/jpeg" });
      await rig.put("picture.JPG", noise(100), { mime: "image/jpeg" });
      const expected = { "notes.txt": "not-an-image", "empty.jpg": "empty", ...(await rig.oddities?.()) };
      const all = await tick(rig);
      expect(pathsOf(all).filter((path) => !isAt(path, "picture.JPG"))).toEqual([]);
      expect(has(all, "picture.JPG")).toBe(true);
      const skips = all.changes.flatMap((change) => (change.kind === "skip" ? [change] : []));
      for (const [path, reason] of Object.entries(expected))
        expect(skips.find((skip) => isAt(skip.path, path))?.reason, path).toBe(reason);
    },
  },
  {
    title: "tells that a file was deleted, and answers NOT_FOUND to a read of it",
    needs: "deletes",
    async run(rig) {
      await rig.put("kept.jpg", noise(100));
      await rig.put("gone.jpg", noise(100));
      const before = await tick(rig);
      const gone = fileAt(before, "gone.jpg");
      await rig.remove("gone.jpg");
      const deletes = (await tick(rig, last(before))).changes.flatMap((c) => (c.kind === "delete" ? [c] : []));
      expect(deletes.some(({ id, path }) => id === gone.id || isAt((path ?? "").toLowerCase(), "gone.jpg"))).toBe(true);
      expect(deletes.some(({ path }) => isAt((path ?? "").toLowerCase(), "kept.jpg"))).toBe(false);
      expect((await refusal(readAll(rig.fresh(), gone))).code).toBe("NOT_FOUND");
    },
    async without(rig) {
      await rig.put("gone.jpg", noise(100));
      const before = await tick(rig);
      await rig.remove("gone.jpg");
      expect(upserts(await tick(rig, last(before)))).toEqual([]);
      expect((await refusal(readAll(rig.fresh(), fileAt(before, "gone.jpg")))).code).toBe("NOT_FOUND");
    },
  },
  {
    title: "refuses another source's cursor, and what is no cursor, with CONFIG",
    async run(rig) {
      await rig.put("here.jpg", noise(100));
      const { cursor } = await rig.foreign().changes();
      for (const wrong of [cursor, "not a cursor", ""])
        expect((await refusal(rig.fresh().changes(wrong))).code, wrong).toBe("CONFIG");
    },
  },
  {
    title: "begins anew and says resync when the service forgot the cursor",
    needs: "resets",
    async run(rig) {
      for (let i = 0; i < 12; i++) await rig.put(`before-${i}.jpg`, noise(100, i));
      const cursor = await settled(rig);
      await rig.put("meanwhile.jpg", noise(100));
      rig.faults.forget?.();
      const anew = await tick(rig, cursor);
      expect(anew.pages.some(({ resync }) => resync === true)).toBe(true);
      for (const path of ["meanwhile.jpg", ...Array.from({ length: 12 }, (_, i) => `before-${i}.jpg`)])
        expect(has(anew, path), path).toBe(true);
      await rig.put("after.jpg", noise(100));
      expect(has(await tick(rig, last(anew)), "after.jpg")).toBe(true);
    },
  },
];
