import { mkdir, mkdtemp, rename, rm, stat, symlink, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { folderSource } from "../../providers/sources/folder.ts";
import type { Change, Source } from "../../providers/sources/types.ts";
import { fileAt, keys, last, noise, readAll, refusal, tick, upserts } from "../contract/source/rig.ts";
import { brokenVariants, sourceContract } from "../contract/source.ts";
import { type FolderRig, folderAbilities, folderRig } from "./folder-rig.ts";

sourceContract("folder", folderAbilities, folderRig);
brokenVariants("folder", folderAbilities, folderRig);

interface Told {
  readonly changes: readonly Change[];
}
const paths = (told: Told) =>
  upserts(told)
    .map(({ path }) => path)
    .sort();
const skips = ({ changes }: Told) =>
  Object.fromEntries(changes.flatMap((change) => (change.kind === "skip" ? [[change.path, change.reason]] : [])));
const all = (source: Source, cursor?: string) => tick({ fresh: () => source }, cursor);
const longAgo = new Date("2001-01-01");

/** A source whose overlap does not reach back to what is there already: only news are told. */
async function knowing(rig: FolderRig): Promise<{ source: Source; cursor: string }> {
  const overlap = 60_000;
  const source = rig.source({ now: () => Date.now() + overlap + 50 });
  const cursor = last(await all(source));
  await delay(100);
  return { source, cursor };
}

let rig: FolderRig;
beforeEach(async () => {
  rig = await folderRig();
});
afterEach(() => rig.close());

describe("folder source: what is new", () => {
  it("holds a file back until it has not changed for the settle time, and then delivers it", async () => {
    await rig.put("growing.jpg", noise(100));
    const at = Date.now();
    const first = await all(rig.source({ settleMs: 5000, now: () => at + 3000 }));
    expect(paths(first)).toEqual([]);
    expect(skips(first)).toEqual({ "growing.jpg": "unsettled" });
    const later = rig.source({ settleMs: 5000, now: () => at + 9000 });
    expect(paths(await all(later, last(first)))).toEqual(["growing.jpg"]);
  });

  it("does not wait for a time to come, that a camera with a wrong clock wrote", async () => {
    await rig.put("future.jpg", noise(100));
    await utimes(join(rig.root, "future.jpg"), new Date("2090-01-01"), new Date("2090-01-01"));
    const source = rig.source({ settleMs: 5000, now: () => Date.now() + 10_000 });
    expect(paths(await all(source))).toEqual(["future.jpg"]);
  });

  it("tells only what changed, and tells everything again after a day", async () => {
    for (let i = 0; i < 12; i++) await rig.put(`known/${i}.jpg`, noise(100, i));
    const { source, cursor } = await knowing(rig);
    expect((await all(source, cursor)).changes).toEqual([]);
    await rig.put("known/new.jpg", noise(100));
    expect(paths(await all(source, cursor))).toEqual(["known/new.jpg"]);
    const tomorrow = rig.source({ now: () => Date.now() + 25 * 60 * 60 * 1000 });
    expect(paths(await all(tomorrow, cursor))).toHaveLength(13);
  });

  it("finds a file that was moved in with its old time", async () => {
    await rig.put(".staging/old.jpg", noise(100));
    await utimes(join(rig.root, ".staging/old.jpg"), longAgo, longAgo);
    const { source, cursor } = await knowing(rig);
    await rename(join(rig.root, ".staging/old.jpg"), join(rig.root, "old.jpg"));
    expect(paths(await all(source, cursor))).toEqual(["old.jpg"]);
  });

  it("finds all that is in a folder that was moved in, however deep, although nothing in it changed", async () => {
    for (const path of [".staging/trip/day 1/one.jpg", ".staging/trip/two.jpg", "known/three.jpg"])
      await rig.put(path, noise(100));
    const { source, cursor } = await knowing(rig);
    await rename(join(rig.root, ".staging/trip"), join(rig.root, "trip"));
    const moved = ["trip/day 1/one.jpg", "trip/two.jpg"];
    expect(paths(await all(source, cursor))).toEqual(moved);
    await rig.put("trip/later.jpg", noise(100));
    expect(paths(await all(source, cursor))).toEqual(["trip/day 1/one.jpg", "trip/later.jpg", "trip/two.jpg"]);
  });

  it("pages through a folder of thousands and one of thousands of folders, and tells each once", async () => {
    await mkdir(join(rig.root, "flat"));
    for (let i = 0; i < 1500; i++) await writeFile(join(rig.root, `flat/${i}.jpg`), "x");
    for (let i = 0; i < 500; i++) await rig.put(`deep/${i}/a/x.jpg`, Buffer.from("x"));
    const source = rig.source({ pageSize: 100 });
    const told = await tick({ fresh: () => source });
    expect(told.pages.length).toBeGreaterThanOrEqual(30);
    expect(upserts(told)).toHaveLength(2000);
    expect(keys(told).size).toBe(2000);
  });

  it("goes on behind a name that vanished, and inside a folder that vanished", async () => {
    for (const path of ["a/1.jpg", "a/2.jpg", "b/1.jpg", "b/2.jpg", "c.jpg"]) await rig.put(path, noise(10));
    const source = rig.source({ pageSize: 4 });
    const first = await source.changes();
    expect(paths(first)).toEqual(["a/1.jpg", "a/2.jpg"]);
    await rm(join(rig.root, "b"), { recursive: true });
    expect(paths(await all(source, first.cursor))).toEqual(["c.jpg"]);
  });
});

describe("folder source: what it leaves alone", () => {
  it("does not follow links, to files or folders, inside or outside", async () => {
    const outside = await mkdtemp(join(tmpdir(), "darkroom-outside-"));
    await writeFile(join(outside, "secret.jpg"), "secret");
    await rig.put("real/one.jpg", noise(100));
    await symlink(outside, join(rig.root, "away"));
    await symlink(join(outside, "secret.jpg"), join(rig.root, "secret.jpg"));
    await symlink(join(rig.root, "real"), join(rig.root, "loop"));
    await symlink("nowhere", join(rig.root, "broken.jpg"));
    const told = await all(rig.source());
    expect(paths(told)).toEqual(["real/one.jpg"]);
    const shortcut = "shortcut";
    expect(skips(told)).toEqual({ away: shortcut, "secret.jpg": shortcut, loop: shortcut, "broken.jpg": shortcut });
    await rm(outside, { recursive: true });
  });

  it("does not read through a link that was put in a file's place", async () => {
    await rig.put("one.jpg", noise(100));
    await rig.put("two.jpg", noise(100));
    const file = fileAt(await all(rig.source()), "one.jpg");
    await rm(join(rig.root, "one.jpg"));
    await symlink(join(rig.root, "two.jpg"), join(rig.root, "one.jpg"));
    expect((await refusal(readAll(rig.source(), file))).code).toBe("NOT_FOUND");
  });

  it("may itself be behind a link", async () => {
    await rig.put("one.jpg", noise(100));
    const link = `${rig.root}-link`;
    await symlink(rig.root, link);
    const source = rig.source({ path: link });
    expect(await readAll(source, fileAt(await all(source), "one.jpg"))).toHaveLength(100);
    await rm(link);
  });

  it("passes over hidden names, such as a trash or its own drafts", async () => {
    for (const path of [".Trash/one.jpg", ".hidden.jpg", "web/.darkroom-1.part", "seen.jpg"])
      await rig.put(path, noise(10));
    const told = await all(rig.source());
    expect(paths(told)).toEqual(["seen.jpg"]);
    expect(skips(told)).toEqual({});
  });

  it("refuses an id that leads out of it", async () => {
    const file = { id: "../one.jpg", version: "1", path: "one.jpg" };
    expect((await refusal(readAll(rig.source(), file))).code).toBe("CONFIG");
  });

  it("says CHANGED of a file that shrinks while it is read", async () => {
    await rig.put("shrinks.jpg", noise(4 * 1024 * 1024));
    const source = rig.source();
    const stream = await source.read(fileAt(await all(source), "shrinks.jpg"), { maxBytes: 1e9 });
    const reading = async () => {
      for await (const _ of stream) await truncate(join(rig.root, "shrinks.jpg"), 100);
    };
    expect((await refusal(reading())).code).toBe("CHANGED");
  });
});

describe("folder source: what is wrong with it, in words", () => {
  it("is CONFIG when there is no folder, and its check says so", async () => {
    await rig.put("file.jpg", noise(10));
    for (const [path, received] of [
      ["nowhere", "nothing"],
      ["file.jpg", "a file"],
    ] as const) {
      const source = rig.source({ path: join(rig.root, path) });
      const error = await refusal(source.changes());
      expect(error.message).toContain(`CONFIG: expected a folder at ${join(rig.root, path)}, received ${received}`);
      expect(await source.check()).toMatchObject({ ok: false, findings: [{ ok: false, sentence: error.message }, {}] });
    }
  });

  it.each([".", "", "..", "../.."])(
    "refuses %j for its write-back folder, which would hide every picture",
    (writeBack) => {
      expect(() => rig.source({ writeBack })).toThrow(/CONFIG: expected a write-back folder that holds results alone/);
    },
  );

  it("says resync when it was pointed elsewhere", async () => {
    await rig.put("below/one.jpg", noise(10));
    const { cursor } = await rig.source().changes();
    const page = await rig.source({ path: join(rig.root, "below") }).changes(cursor);
    expect(page).toMatchObject({ resync: true, changes: [{ kind: "upsert" }] });
  });

  it("has no write without a write-back folder", () => {
    expect(folderSource({ name: "s", path: rig.root }).write).toBeUndefined();
  });

  it("writes a result whole: no draft is left, and a folder in its place is a CONFLICT", async () => {
    const source = rig.source();
    await source.write!("a/b.jpg", noise(1000), { contentType: "image/jpeg" });
    expect((await stat(join(rig.root, "web/a/b.jpg"))).nlink).toBe(1);
    expect(await rig.paths()).toEqual(["web/a/b.jpg"]);
    for (const path of ["a", "a/b.jpg/c.jpg"])
      expect((await refusal(source.write!(path, noise(10), { contentType: "image/jpeg" }))).code).toBe("CONFLICT");
    expect(await rig.paths()).toEqual(["web/a/b.jpg"]);
  });
});
