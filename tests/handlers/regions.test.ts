import { describe, expect, it } from "vitest";
import type { Picture } from "../../handlers/record.ts";
import { createFence } from "../../handlers/regions/fence.ts";
import { createHealth } from "../../handlers/regions/health.ts";
import { homeCatalog } from "../../handlers/regions/home-catalog.ts";
import type { RegionState } from "../../handlers/regions/state.ts";
import { twoRegions } from "../fixtures/memory-api.ts";
import { chainOf, wakes } from "../fixtures/memory-chain.ts";
import { memoryCatalog, memoryWorld, place, type World } from "../fixtures/memory-ports.ts";
import { memorySweep, minutes, reconcilerOf } from "../fixtures/memory-reconcile.ts";
import { memoryReplica } from "../fixtures/memory-regions.ts";
import { quadrants } from "../fixtures/odd-pictures.ts";

const steps = (["moderate", "resize", "compress", "publish"] as const).map((actor) => [actor, wakes[actor]] as const);
const jpeg = await quadrants(60, 40).jpeg().toBuffer();
const [own, other] = [place.region, "eu-central-1"];
const at = (minute: number) => new Date(Date.parse("2026-11-23T12:00:00.000Z") + minutes(minute)).toISOString();
const out = (minute: number) => ({ out: true, at: at(minute), by: "olga" });
const back = (minute: number) => ({ ...out(minute), out: false });

/** A world whose pictures are the other Region's, brought to a status. */
async function foreign(status: Picture["status"] = "received"): Promise<World & { readonly picture: Picture }> {
  const world = memoryWorld();
  world.incoming.put("uploads/1", jpeg);
  const actors = chainOf({ ...world, place: { ...place, region: other } });
  await actors.ingest("uploads/1");
  const first = () => [...world.catalog.records.values()][0] as Picture;
  for (const [actor, from] of steps) {
    if (first().status === status) break;
    if (first().status === from) await actors[actor](first().pictureId);
  }
  expect(first()).toMatchObject({ status, homeRegion: other });
  return { ...world, picture: first() };
}

describe("the fence", () => {
  const picture = { pictureId: "p", homeRegion: own, changedAt: at(0) };
  function fenceOf(more: Partial<Parameters<typeof createFence>[0]> = {}) {
    const world = memoryWorld();
    const [here, peer] = [memoryReplica(own, world.catalog), memoryReplica(other, memoryCatalog())];
    return { ...world, here, peer, fence: createFence({ ...world, here, peers: [peer], ...more }) };
  }

  it("lets a Region work on its own pictures, and on no others", async () => {
    const { fence } = fenceOf();
    expect([await fence(picture), await fence({ ...picture, homeRegion: other })]).toEqual([true, false]);
  });

  it("holds a Region that is out, though it could hear of that from the others alone", async () => {
    const { fence, peer } = fenceOf();
    peer.said.set(own, out(0));
    expect(await fence(picture)).toBe(false);
  });

  it("takes the later of two words, and asks again after half a minute", async () => {
    const { fence, peer, here, clock } = fenceOf();
    here.said.set(own, out(-2));
    peer.said.set(own, back(-1));
    expect(await fence(picture)).toBe(true);
    peer.said.set(own, out(0));
    expect(await fence(picture)).toBe(true);
    clock.now = new Date(clock.now.getTime() + 30_000);
    expect(await fence(picture)).toBe(false);
  });

  it("goes on where the others do not answer: they may be what is lost", async () => {
    const silent = { region: other, get: () => Promise.reject("gone"), state: () => Promise.reject("gone") };
    const { fence, lines } = fenceOf({ peers: [silent] });
    expect(await fence(picture)).toBe(true);
    expect(lines).toMatchObject([{ outcome: "peer silent", details: { peer: other } }]);
  });

  describe("of three Regions", () => {
    const third = "eu-north-1";
    const silent = (region: string) => ({
      region,
      get: () => Promise.reject("gone"),
      state: () => Promise.reject("gone"),
    });
    const talking = (region: string) => memoryReplica(region, memoryCatalog());

    it("goes on with one of the others, which may be all that is left", async () => {
      expect(await fenceOf({ peers: [silent(other), talking(third)] }).fence(picture)).toBe(true);
    });

    it("rests while it hears from none: the others may have taken over, and it would not know", async () => {
      const world = fenceOf({ peers: [silent(other), silent(third)] });
      expect(await world.fence(picture)).toBe(false);
      expect(world.lines.at(-1)).toMatchObject({ outcome: "cut off", details: { silent: [other, third] } });
    });

    it("goes on alone once somebody says here that the others are out", async () => {
      const world = fenceOf({ peers: [silent(other), silent(third)] });
      for (const region of [other, third]) world.here.said.set(region, out(0));
      expect(await world.fence(picture)).toBe(true);
    });

    it("does as one of two when one of the others is out: then nobody can tell who is cut off", async () => {
      const world = fenceOf({ peers: [silent(other), silent(third)] });
      world.here.said.set(other, out(0));
      expect(await world.fence(picture)).toBe(true);
    });
  });

  it("asks the others about what stood still while it was out, whose own replica may be behind", async () => {
    const found = await foreign();
    const { fence, peer, here } = fenceOf({ peers: [] });
    expect(await fence(picture)).toBe(true);
    peer.said.set(own, back(1));
    const taken = { ...found.picture, homeRegion: other };
    const asked = createFence({ ...memoryWorld(), here, peers: [{ ...peer, get: async () => taken }] });
    expect([await asked(picture), await asked({ ...picture, changedAt: at(2) })]).toEqual([false, true]);
  });

  it("has an actor leave a picture as it is, without counting an attempt", async () => {
    const { picture: found, ...world } = await foreign();
    await chainOf({ ...world, fence: async () => false }).moderate(found.pictureId);
    expect(world.catalog.records.get(found.pictureId)).toEqual(found);
    expect(world.catalog.attempts.size).toBe(1);
    expect(world.lines.at(-1)).toMatchObject({ outcome: "left", details: { actor: "moderate" } });
  });
});

describe("adoption", () => {
  const adopting = (world: World, said: Parameters<typeof memoryReplica>[2], regions: string[] = [own, other]) =>
    reconcilerOf(world, {
      here: memoryReplica(own, world.catalog, said),
      regions,
      // Each Region's own, as the index is asked for.
      sweepOf: (region) => async (asked) => {
        const page = await memorySweep(world)(asked);
        return { ...page, pictures: page.pictures.filter(({ homeRegion }) => homeRegion === region) };
      },
    });

  it.each([
    ["received", "received"],
    ["accepted", "accepted"],
    ["resized", "accepted"],
    ["compressed", "accepted"],
  ] as const)("begins what is %s again at %s: all that is needed there is replicated", async (status, again) => {
    const { picture, ...world } = await foreign(status);
    world.clock.now = new Date(at(10));
    await adopting(world, new Map([[other, out(1)]])).reconcile();
    const adopted = world.catalog.records.get(picture.pictureId);
    expect(adopted).toMatchObject({ status: again, homeRegion: own, adoptedFrom: other, changedAt: at(10) });
    const actors = chainOf(world);
    for (const [actor, from] of steps)
      if (world.catalog.records.get(picture.pictureId)?.status === from) await actors[actor](picture.pictureId);
    expect(world.catalog.records.get(picture.pictureId)?.status).toBe("published");
  });

  it("leaves what is finished, and what is on its way out goes on so", async () => {
    const { picture, ...world } = await foreign("published");
    world.clock.now = new Date(at(10));
    const { reconcile } = adopting(world, new Map([[other, out(1)]]));
    await reconcile();
    expect(world.catalog.records.get(picture.pictureId)).toEqual(picture);
    const forgetting = { ...picture, status: "forgetting", forgottenBy: "ann" } as unknown as Picture;
    await world.catalog.move("published", forgetting);
    await reconcile();
    expect(world.catalog.records.get(picture.pictureId)).toMatchObject({ status: "forgetting", homeRegion: own });
  });

  it.each([
    ["nobody is out", [], [own, other]],
    ["whoever worked there may still be at it", [[other, out(6)]], [own, other]],
    ["it is back", [[other, back(1)]], [own, other]],
    ["another Region is the heir", [[other, out(1)]], ["eu-north-1", own, other]],
    [
      "this Region is out itself",
      [
        [other, out(1)],
        [own, out(1)],
      ],
      [own, other],
    ],
  ] as const)("waits while %s", async (_, said, regions) => {
    const { picture, ...world } = await foreign();
    world.clock.now = new Date(at(10));
    await adopting(world, new Map(said), [...regions]).reconcile();
    expect(world.catalog.records.get(picture.pictureId)?.homeRegion).toBe(other);
  });

  it("does not undo what the Region itself has done meanwhile", async () => {
    const { picture, ...world } = await foreign();
    world.clock.now = new Date(at(10));
    const { replace } = world.catalog;
    const moved = { ...picture, status: "rejected" } as Picture;
    const catalog: World["catalog"] = {
      ...world.catalog,
      async replace(found, to) {
        await world.catalog.move("received", moved);
        return replace(found, to);
      },
    };
    await adopting({ ...world, catalog }, new Map([[other, out(1)]])).reconcile();
    expect(world.catalog.records.get(picture.pictureId)).toEqual(moved);
  });
});

describe("the catalog of whoever has to do with pictures of every Region", () => {
  async function replicas(isOut = false) {
    const { picture } = await foreign();
    const [here, there] = [memoryCatalog(), memoryCatalog()];
    for (const replica of [here, there]) await replica.add(picture);
    const elsewhere = new Map([[other, there]]);
    return { picture, here, there, catalog: homeCatalog({ own, here, elsewhere, isOut: async () => isOut }) };
  }

  it("writes a record where the picture is at home, and nowhere else", async () => {
    const { picture, here, there, catalog } = await replicas();
    const next = { ...picture, status: "forgetting", forgottenBy: "ann" } as Picture;
    expect(await catalog.move("received", next)).toBe(true);
    expect(here.records.get(picture.pictureId)).toEqual(picture);
    expect(there.records.get(picture.pictureId)).toMatchObject({ status: "forgetting", homeRegion: other });
    expect(await catalog.get(picture.pictureId)).toMatchObject({ status: "forgetting" });
  });

  it("takes over what is at home in a Region that is out", async () => {
    const { picture, here, there, catalog } = await replicas(true);
    const next = { ...picture, status: "forgetting", forgottenBy: "ann" } as Picture;
    expect(await catalog.move("received", next)).toBe(true);
    expect(here.records.get(picture.pictureId)).toMatchObject({ homeRegion: own, adoptedFrom: other });
    expect(there.records.get(picture.pictureId)).toEqual(picture);
  });

  it("reads what is known here where the home does not answer, and does not write", async () => {
    const { picture, here } = await replicas();
    const silent = { ...here, get: () => Promise.reject("gone"), move: () => Promise.reject("gone") };
    const catalog = homeCatalog({ own, here, elsewhere: new Map([[other, silent]]), isOut: async () => false });
    expect(await catalog.get(picture.pictureId)).toEqual(picture);
    await expect(catalog.move("received", picture as never)).rejects.toBe("gone");
  });
});

describe("forgetting over several Regions", () => {
  it("deletes what was replicated, too", async () => {
    const { picture, ...world } = await foreign("published");
    const elsewhere = memoryWorld();
    for (const name of ["working", "published"] as const)
      for (const [key, { bytes }] of world[name].objects) elsewhere[name].put(key, bytes);
    expect(elsewhere.published.objects.size).toBeGreaterThan(0);
    await world.catalog.move("published", { ...picture, status: "forgetting", forgottenBy: "ann" } as never);
    await chainOf({ ...world, elsewhere: [elsewhere] }).forget(picture.pictureId);
    expect(world.catalog.records.get(picture.pictureId)?.status).toBe("forgotten");
    expect([elsewhere.published.objects.size, elsewhere.working.objects.size]).toEqual([0, 0]);
  });
});

describe("POST /api/regions/{region}", () => {
  const say = (said: boolean) =>
    [`/api/regions/${other}`, { method: "POST", by: "operator", body: { out: said } }] as const;

  it("takes a Region out once, and brings it back when it has heard", async () => {
    const { ask, here, there, clock } = twoRegions();
    expect(await ask(...say(true))).toMatchObject({ status: 200, body: { region: other, out: true } });
    const said = here.said.get(other)!;
    expect(said).toMatchObject({ out: true, by: expect.stringContaining("olga") });
    clock.now = new Date(at(1));
    expect((await ask(...say(true))).body.since).toBe(said.at);
    there.said.set(other, said);
    expect(await ask(...say(false))).toMatchObject({ status: 200, body: { out: false, since: at(1) } });
  });

  it("is shown, with who has heard", async () => {
    const { ask } = twoRegions();
    await ask(...say(true));
    expect((await ask("/api/regions", { by: "operator" })).body).toMatchObject({
      here: own,
      regions: [
        { region: own, out: false, answers: true, agrees: true },
        { region: other, out: true, answers: true, agrees: false, unfinished: 0 },
      ],
    });
  });
});

describe("health", () => {
  const healthOf = (state: () => Promise<RegionState | undefined>) => {
    const faults: unknown[] = [];
    const world = memoryWorld();
    const proofs = { bucket: async () => {} };
    return {
      ...world,
      faults,
      health: createHealth({ ...world, state, proofs, fault: (error) => void faults.push(error) }),
    };
  };

  it("proves each part, and says which one fails, but not why", async () => {
    const gone = new Error("AccessDenied on arn:aws:dynamodb:table/secret");
    const { health, faults } = healthOf(() => Promise.reject(gone));
    expect(await health()).toEqual({ status: "failing", parts: { bucket: "ok", table: "failing" } });
    expect(faults).toEqual([gone]);
  });

  it("is asked for once in five seconds, however many want to know, and then reads once", async () => {
    let asked = 0;
    const { health, clock } = healthOf(async () => void asked++ as undefined);
    await Promise.all([health(), health()]);
    expect(asked).toBe(1);
    clock.now = new Date(clock.now.getTime() + 5000);
    await health();
    expect(asked).toBe(2);
  });

  it("says when the Region was taken out, and when it is back", async () => {
    expect(await healthOf(async () => out(0)).health()).toMatchObject({ status: "out", parts: { table: "ok" } });
    expect(await healthOf(async () => back(0)).health()).toMatchObject({ status: "ok" });
  });
});
