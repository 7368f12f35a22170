import { describe, expect, it } from "vitest";
import { askToForget } from "../../handlers/forgetting.ts";
import { pulledKey } from "../../handlers/object-keys.ts";
import { pictureIdOf } from "../../handlers/picture-id.ts";
import type { Catalog } from "../../handlers/ports.ts";
import type { Picture } from "../../handlers/record.ts";
import {
  forget,
  html,
  jpeg,
  key,
  keysIn,
  metadata,
  moving,
  settle,
  stages,
  unsure,
  worldAt,
} from "../fixtures/forgetting.ts";
import { chainOf, moderatorSaying } from "../fixtures/memory-chain.ts";
import { memoryWorld, place, type World } from "../fixtures/memory-ports.ts";
import { mortal } from "../fixtures/mortal-world.ts";
import { quadrants } from "../fixtures/odd-pictures.ts";

describe("a picture that is forgotten", () => {
  it.each([
    ...stages.map((until) => ({ until, bytes: jpeg, moderator: moderatorSaying() })),
    { until: "moderate" as const, bytes: jpeg, moderator: unsure },
    { until: "moderate" as const, bytes: moving, moderator: unsure },
    { until: "ingest" as const, bytes: html, moderator: unsure },
  ])("leaves no byte after $until, and of its record nothing that was seen", async ({ until, ...given }) => {
    const { world, pictureId, picture } = await worldAt(until, given);
    expect(keysIn(world).length).toBeGreaterThan(1);
    world.clock.now = new Date("2026-11-24T00:00:00.000Z");
    await forget(world, pictureId);
    expect(keysIn(world)).toEqual([]);
    expect([...world.catalog.owners]).toEqual([]);
    // Of the day on which it entered: the export of that day leaves it out from now on.
    expect(world.marked).toEqual([picture.enteredAt.slice(0, 10)]);
    const at = "2026-11-24T00:00:00.000Z";
    expect([...world.catalog.records.values()]).toEqual([
      {
        ...place,
        pictureId,
        source: "upload",
        sourceId: key,
        revision: "1",
        name: "",
        status: "forgotten",
        enteredAt: picture.enteredAt,
        changedAt: at,
        deletedAt: at,
        homeRegion: "eu-west-1",
        bytes: given.bytes.length,
        timings: { ...picture.timings, forget: { startedAt: at, endedAt: at, ms: 0 } },
        attempts: picture.attempts,
      },
    ]);
  });

  it("is told to the caches, once for each time it is asked for", async () => {
    const { world, chain, pictureId } = await worldAt("publish");
    await askToForget(world, pictureId, "ann@example.com");
    for (let time = 0; time < 3; time++) await chain.forget(pictureId);
    world.clock.now = new Date("2026-11-24T00:00:00.000Z");
    await forget(world, pictureId);
    expect(new Set(world.invalidated.map(({ prefix }) => prefix))).toEqual(new Set([`${pictureId}/`]));
    expect(new Set(world.invalidated.map(({ request }) => request)).size).toBe(2);
  });

  it("is no business of the caches when it was never published", async () => {
    for (const until of ["ingest", "compress"] as const) {
      const { world, pictureId } = await worldAt(until);
      await forget(world, pictureId);
      expect(world.invalidated).toEqual([]);
    }
  });

  it("is not taken in again, and what is sent under its key once more is deleted too", async () => {
    const { world, chain, pictureId } = await worldAt("publish");
    await forget(world, pictureId);
    world.incoming.put(key, jpeg, { metadata });
    await chain.ingest(key);
    await settle(world);
    expect(keysIn(world)).toEqual([]);
    expect(await world.catalog.get(pictureId)).toMatchObject({ status: "forgotten", name: "" });
  });

  it("leaves its bytes to the next who sends them, even before it is gone", async () => {
    for (const gone of [true, false]) {
      const { world, chain, pictureId } = await worldAt("publish");
      if (gone) await forget(world, pictureId);
      else await askToForget(world, pictureId, "ann@example.com");
      world.incoming.put("uploads/2", jpeg, { metadata });
      await chain.ingest("uploads/2");
      await settle(world);
      const [forgotten, next] = [...world.catalog.records.values()];
      expect([forgotten?.status, next?.status]).toEqual(["forgotten", "received"]);
      expect([...world.catalog.owners.values()]).toEqual([next?.pictureId]);
    }
  });

  it("takes nothing from the picture of which it is a duplicate", async () => {
    const { world, chain, pictureId } = await worldAt("publish");
    const before = keysIn(world);
    world.incoming.put("uploads/2", jpeg, { metadata });
    const [, duplicate] = await chain.send("uploads/2", "ingest");
    expect(duplicate?.status).toBe("duplicate");
    await forget(world, duplicate!.pictureId);
    expect(keysIn(world)).toEqual(before);
    expect([...world.catalog.owners.values()]).toEqual([pictureId]);
  });

  it("takes nothing from others who sent the same bytes", async () => {
    const { world, chain, pictureId } = await worldAt("publish");
    world.incoming.put("uploads/2", jpeg, { metadata: { uploader: "ben%40example.com" } });
    const bens = (await chain.send("uploads/2", "publish")).at(-1)!;
    await forget(world, pictureId);
    expect(bens).toMatchObject({ status: "published", uploader: "ben@example.com" });
    expect(await world.catalog.get(bens.pictureId)).toEqual(bens);
    expect([...world.catalog.owners.values()]).toEqual([bens.pictureId]);
    expect(world.published.objects.size).toBeGreaterThan(0);
  });

  it("leaves no path and no fingerprint of its bytes, and is still not taken in again", async () => {
    const said = { source: "studio", id: "/Clients/Ann Smith/wedding.jpg", revision: "rev-wedding" };
    for (const [name, more] of [
      ["Ann Smith/wedding.jpg", {}],
      [pulledKey(said.source, pictureIdOf(said.source, said.id, said.revision)), { metadata: said }],
    ] as const) {
      const world = memoryWorld();
      const chain = chainOf(world);
      world.incoming.put(name, jpeg, more);
      const etag = (await world.incoming.head(name))!.etag;
      const [{ pictureId }] = (await chain.send(name, "ingest")) as [Picture];
      await forget(world, pictureId);
      for (let time = 0; time < 2; time++) {
        const tombstone = JSON.stringify([...world.catalog.records.values()]);
        for (const told of ["Smith", "wedding", etag.slice(1, -1)]) expect(tombstone).not.toContain(told);
        // A late delivery finds nothing to look for.
        await chain.forget(pictureId);
        world.incoming.put(name, jpeg, more);
        await chain.ingest(name);
        await settle(world);
        expect([...world.catalog.records.values()]).toMatchObject([{ pictureId, status: "forgotten" }]);
        expect(keysIn(world)).toEqual([]);
      }
    }
  });

  it("takes from the incoming bucket its own object, and no other that is there by now", async () => {
    const other = await quadrants(30, 20).jpeg().toBuffer();
    const put = { "drop/a.jpg": {}, "drop/b.jpg": {}, "drop/b.jpg.jpg": {} };
    const world = memoryWorld();
    const chain = chainOf(world);
    for (const [name, more] of Object.entries(put)) world.incoming.put(name, jpeg, more);
    const [a] = await chain.send("drop/a.jpg", "ingest");
    const b = (await chain.send("drop/b.jpg", "ingest")).at(-1);
    world.incoming.put("drop/a.jpg", other);
    await forget(world, a!.pictureId);
    await forget(world, b!.pictureId);
    expect([...world.incoming.objects.keys()]).toEqual(["drop/a.jpg", "drop/b.jpg.jpg"]);
  });

  it("goes from where its source's file was put", async () => {
    const world = memoryWorld();
    const chain = chainOf(world);
    const said = { source: "studio", id: "7", revision: "1" };
    world.incoming.put("first", jpeg, { metadata: said });
    const [{ pictureId }] = (await chain.send("first", "ingest")) as [Picture];
    world.incoming.put(`pulled/studio/${pictureId}`, jpeg, { metadata: said });
    await forget(world, pictureId);
    expect([...world.incoming.objects.keys()]).toEqual(["first"]);
  });

  it("is asked about in vain when there is none, or when its record never rests", async () => {
    const { world, pictureId, picture } = await worldAt("publish");
    expect(await askToForget(world, "nobody", "ann@example.com")).toBeUndefined();
    const catalog: Pick<Catalog, "get" | "move"> = { get: async () => picture, move: async () => false };
    expect(await askToForget({ ...world, catalog }, pictureId, "ann@example.com")).toBe(false);
    expect(await world.catalog.get(pictureId)).toEqual(picture);
  });

  it("leaves no byte of a copy that was under way when everything else was deleted", async () => {
    const { world, pictureId } = await worldAt("publish");
    const slow = {
      ...world.working,
      async copy(_from: unknown, to: string) {
        await forget(world, pictureId);
        world.working.put(to, jpeg);
        return true;
      },
    };
    // A second delivery, whose look at the catalog came before the first was done.
    let looks = 0;
    const catalog = {
      ...world.catalog,
      get: async (id: string) => (looks++ === 0 ? undefined : world.catalog.get(id)),
    };
    await chainOf({ ...world, catalog, working: slow } as World).ingest(key);
    await settle(world);
    expect(keysIn(world)).toEqual([]);
  });

  it("is gone through again when an actor wrote in the middle of the first round", async () => {
    const counted = await worldAt("publish");
    await askToForget(counted.world, counted.pictureId, "ann@example.com");
    const { world: watched, calls } = mortal(counted.world);
    await chainOf(watched).forget(counted.pictureId);
    for (let call = 1; call <= calls(); call++) {
      const { world, chain, pictureId } = await worldAt("publish");
      await askToForget(world, pictureId, "ann@example.com");
      const happens = async () => {
        world.published.put(`${pictureId}/w20.jpg`, jpeg);
        await chain.publish(pictureId);
      };
      await chainOf(mortal(world, { meanwhile: { call, happens } }).world).forget(pictureId);
      // What the actor wrote to the record wakes it, wherever the record stands by now.
      await chain.forget(pictureId);
      expect(keysIn(world), `written before call ${call}`).toEqual([]);
      expect(await world.catalog.get(pictureId)).toMatchObject({ status: "forgotten" });
    }
  });

  it("is any but one that nobody wants forgotten", async () => {
    const { world, chain, pictureId, picture } = await worldAt("publish");
    const before = keysIn(world);
    await chain.forget(pictureId);
    await chain.forget("nobody");
    expect(keysIn(world)).toEqual(before);
    expect(await world.catalog.get(pictureId)).toEqual(picture);
    expect(world.lines.slice(-2).map(({ outcome }) => outcome)).toEqual(["stale", "stale"]);
  });
});

/**
 * Every moment at which somebody can forget a picture that an actor is in the middle of: before each
 * call that it makes of the world. It may then finish, or die at any later call and be woken again.
 */
