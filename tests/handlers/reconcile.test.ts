import { describe, expect, it } from "vitest";
import type { Picture } from "../../handlers/record.ts";
import { chainOf, wakes } from "../fixtures/memory-chain.ts";
import { memoryWorld, type World } from "../fixtures/memory-ports.ts";
import { memoryListing, memoryPlace, memorySweep, minutes, reconcilerOf, turns } from "../fixtures/memory-reconcile.ts";
import { Crash, mortal } from "../fixtures/mortal-world.ts";
import { quadrants } from "../fixtures/odd-pictures.ts";

const jpeg = await quadrants(60, 40).jpeg().toBuffer();
const later = (world: World, count: number) => {
  world.clock.now = new Date(world.clock.now.getTime() + minutes(count));
};
const only = ({ catalog }: World) => [...catalog.records.values()][0] as Picture;

describe("objects without a record", () => {
  it("are told of again, those that have one are not, and those that have only just come are waited for", async () => {
    const world = memoryWorld();
    world.incoming.put("uploads/1", jpeg);
    await chainOf(world).ingest("uploads/1");
    const lost = ["uploads/2", "pulled/team/8f6c1c9e", "by-hand.jpg"];
    for (const key of [...lost, "uploads/new"]) world.incoming.put(key, jpeg);
    const born = world.clock.now;
    later(world, 5);
    const list = memoryListing(world.incoming, (key) => (key.endsWith("new") ? world.clock.now : born));
    const { told, measured, reconcile } = reconcilerOf(world, { list });
    await reconcile();
    expect(told.sort()).toEqual([...lost].sort());
    expect(measured).toEqual([{ Stranded: 3, Woken: 0, Stuck: 0 }]);
  });

  it("are known by what their metadata says they are, where somebody put them by hand", async () => {
    const world = memoryWorld();
    for (const [key, id] of [
      ["pulled/team/of-another-name", "7"],
      ["album/7.jpg", "8"],
    ] as const) {
      world.incoming.put(key, jpeg, { metadata: { source: "team", id, revision: "1" } });
      await chainOf(world).ingest(key);
    }
    later(world, 5);
    const { told, reconcile } = reconcilerOf(world);
    await reconcile();
    expect(told).toEqual([]);
  });

  it("are told of once in each turn, and after the last they are stuck", async () => {
    const world = memoryWorld();
    world.incoming.put("uploads/1", jpeg);
    const { told, measured, reconcile } = reconcilerOf(world);
    for (const minute of [4, 1, 10, 44, 1, 100]) {
      later(world, minute);
      await reconcile();
    }
    expect(told).toEqual(["uploads/1", "uploads/1"]);
    expect(measured.map((each) => Object.values(each))).toEqual([
      [0, 0, 0],
      [1, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
      [1, 0, 0],
      [0, 0, 1],
    ]);
  });

  it("are found page by page, over as many runs as it takes, and again from the beginning", async () => {
    const world = memoryWorld();
    const keys = Array.from({ length: 25 }, (_, i) => `uploads/${String(i).padStart(2, "0")}`);
    for (const key of keys) world.incoming.put(key, jpeg);
    later(world, 5);
    const born = new Date(0);
    const { told, reconcile } = reconcilerOf(world, { list: memoryListing(world.incoming, () => born, 10) });
    // Time for one page a run.
    for (const expected of [10, 20, 25]) {
      let asked = 0;
      await reconcile(() => (asked++ < 1 ? 300_000 : 0));
      expect(told).toHaveLength(expected);
    }
    expect(told).toEqual(keys);
  });

  it("are looked at anew for two days after a look through all, and then no more", async () => {
    const world = memoryWorld();
    const place = { objects: memoryPlace<object>(), records: memoryPlace<object>() };
    const born = new Map([["uploads/old", world.clock.now]]);
    world.incoming.put("uploads/old", jpeg);
    later(world, 49 * 60);
    const list = memoryListing(world.incoming, (key) => born.get(key)!);
    const looked = () => world.lines.at(-1)?.details["objects"];
    const { reconcile } = reconcilerOf(world, { list, place });
    await reconcile();
    expect(looked()).toBe(1);
    born.set("uploads/new", world.clock.now);
    world.incoming.put("uploads/new", jpeg);
    later(world, 24 * 60);
    await reconcile();
    // The old one had been seen in all its turns when the first look began.
    expect(looked()).toBe(1);
    later(world, 23 * 60);
    await reconcile();
    expect(looked()).toBe(1);
    later(world, 2 * 60);
    await reconcile();
    later(world, 24 * 60);
    await reconcile();
    expect(looked()).toBe(0);
  });

  it("are told of again by the next run when this one dies before or after any of its calls", async () => {
    for (const when of ["before", "after"] as const)
      for (let call = 1; ; call++) {
        const world = memoryWorld();
        for (const key of ["uploads/1", "by-hand.jpg"]) world.incoming.put(key, jpeg);
        later(world, 5);
        const told: string[] = [];
        const dying = mortal(world, { when, call });
        const list = memoryListing(world.incoming, () => new Date(0));
        const place = { objects: memoryPlace<object>(), records: memoryPlace<object>() };
        const announce = async (keys: readonly string[]) => void told.push(...keys);
        const { objects, records } = place;
        const ended = await reconcilerOf(dying.world, {
          list: dying.port({ list }).list,
          announce: dying.port({ announce }).announce,
          place: { objects: dying.port(objects), records: dying.port(records) },
        })
          .reconcile()
          .catch((error: unknown) => error);
        await reconcilerOf(world, { list, announce, place }).reconcile();
        expect([...new Set(told)].sort()).toEqual(["by-hand.jpg", "uploads/1"]);
        for (const key of new Set(told)) await chainOf(world).send(key);
        expect(world.catalog.records.size).toBe(2);
        if (!(ended instanceof Crash)) {
          expect(call).toBeGreaterThan(10);
          break;
        }
      }
  });
});

describe("records that stand still", () => {
  it.each(Object.entries(wakes))("wake %s, whose work is then done", async (actor, status) => {
    const world = memoryWorld();
    const chain = chainOf(world);
    world.incoming.put("uploads/1", jpeg);
    const before = { moderate: "ingest", resize: "moderate", compress: "resize", publish: "compress" } as const;
    await chain.send("uploads/1", before[actor as keyof typeof before]);
    const stood = only(world);
    expect(stood.status).toBe(status);
    later(world, 30);
    const { reconcile, measured } = reconcilerOf(world);
    await reconcile();
    expect(measured).toEqual([{ Stranded: 0, Woken: 0, Stuck: 0 }]);
    later(world, 1);
    await reconcile();
    // The same record, changed now: its stream tells of it.
    expect(only(world)).toEqual({ ...stood, changedAt: world.clock.now.toISOString(), woken: 1 });
    await chain[actor as keyof typeof before](stood.pictureId);
    expect(only(world).status).not.toBe(status);
    expect(only(world)).not.toHaveProperty("woken");
  });

  it("are woken in turns, and after the last they are stuck", async () => {
    const world = memoryWorld();
    world.incoming.put("uploads/1", jpeg);
    await chainOf(world).ingest("uploads/1");
    const { reconcile, measured } = reconcilerOf(world);
    for (const minute of [31, 31, 30, 31, 600]) {
      later(world, minute);
      await reconcile();
    }
    expect(measured.map((each) => Object.values(each))).toEqual([
      [0, 1, 0],
      [0, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
      [0, 0, 1],
    ]);
    expect(only(world)).toMatchObject({ status: "received", woken: turns.records.length });
  });

  it("are left alone where they have come to an end, or wait for a person", async () => {
    const world = memoryWorld();
    world.incoming.put("uploads/1", jpeg);
    await chainOf(world).send("uploads/1");
    world.incoming.put("uploads/2", jpeg);
    world.incoming.put("uploads/3", "<!DOCTYPE html>");
    for (const key of ["uploads/2", "uploads/3"]) await chainOf(world).ingest(key);
    const before = structuredClone([...world.catalog.records.values()]);
    expect(before.map(({ status }) => status)).toEqual(["published", "duplicate", "rejected"]);
    later(world, 60);
    await reconcilerOf(world).reconcile();
    expect([...world.catalog.records.values()]).toEqual(before);
  });

  it("are left alone where somebody was faster", async () => {
    const world = memoryWorld();
    world.incoming.put("uploads/1", jpeg);
    const chain = chainOf(world);
    await chain.ingest("uploads/1");
    later(world, 31);
    const sweep = memorySweep(world);
    const overtaken: typeof sweep = async (asked) => {
      const page = await sweep(asked);
      await chain.moderate(only(world).pictureId);
      return page;
    };
    const { reconcile, measured } = reconcilerOf(world, { sweep: overtaken });
    await reconcile();
    expect(only(world).status).toBe("accepted");
    expect(measured).toEqual([{ Stranded: 0, Woken: 0, Stuck: 0 }]);
  });

  it("are gone through on the next run where time runs out", async () => {
    const world = memoryWorld();
    for (let i = 0; i < 5; i++) {
      const bytes = await quadrants(60 + i, 40)
        .jpeg()
        .toBuffer();
      world.incoming.put(`uploads/${i}`, bytes);
      await chainOf(world).ingest(`uploads/${i}`);
    }
    later(world, 31);
    const { reconcile, measured } = reconcilerOf(world, { sweep: memorySweep(world, 2) });
    for (let run = 0; run < 3; run++) await reconcile(() => 0);
    expect(measured.map((each) => Object.values(each)[1])).toEqual([2, 2, 1]);
  });
});
