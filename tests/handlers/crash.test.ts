import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Actor } from "../../handlers/record.ts";
import { sharpCompressor } from "../../providers/compressors/sharp.ts";
import { chainOf, moderatorSaying } from "../fixtures/memory-chain.ts";
import { type MemoryStore, memoryWorld, type World } from "../fixtures/memory-ports.ts";
import { quadrants } from "../fixtures/odd-pictures.ts";

/**
 * Every way in which the process can die over one picture: before or after each call it makes of
 * the world. Then it is delivered again, and all must end as if nothing had happened.
 */

interface Scenario {
  readonly actor: Actor;
  readonly ends: string;
  readonly bytes?: Buffer;
  readonly confidence?: number;
  /** What happened to the world before the actor wakes. */
  readonly before?: (world: World) => unknown;
}

const jpeg = await quadrants(60, 40).jpeg().toBuffer();
const compressor = sharpCompressor({ preset: "fast" });
const key = "uploads/1";

const scenarios: Scenario[] = [
  { actor: "ingest", ends: "received" },
  {
    actor: "ingest",
    ends: "duplicate",
    async before(world) {
      world.incoming.put("uploads/0", jpeg);
      await chainOf(world).ingest("uploads/0");
    },
  },
  { actor: "ingest", ends: "rejected", bytes: Buffer.from("<!DOCTYPE html>") },
  { actor: "moderate", ends: "accepted" },
  { actor: "moderate", ends: "review", confidence: 50 },
  { actor: "moderate", ends: "rejected", confidence: 90 },
  { actor: "resize", ends: "resized" },
  {
    actor: "resize",
    ends: "rejected",
    before: ({ working }) => working.put([...working.objects.keys()][0]!, jpeg.subarray(0, jpeg.length / 2)),
  },
  { actor: "compress", ends: "compressed" },
  { actor: "publish", ends: "published" },
];

/** With the calls that each makes of its ports when all goes well. */
const counted = await Promise.all(
  scenarios.map(async (scenario) => {
    const { world, run } = await prepare(scenario);
    const watched = mortal(world);
    await run(watched.world);
    return { ...scenario, calls: watched.calls(), ended: [...world.catalog.records.values()].at(-1)?.status };
  }),
);

describe.each(counted)("$actor that leaves a picture $ends", ({ calls, ended, ...scenario }) => {
  const deaths = (["before", "after"] as const).flatMap((when) =>
    Array.from({ length: calls }, (_, i) => ({ when, call: i + 1 })),
  );

  it("makes some calls, each of which can be its last", () => {
    expect(ended).toBe(scenario.ends);
    expect(calls).toBeGreaterThanOrEqual(4);
  });

  it.each(deaths)("ends the same after a death $when call $call, and after three", async (death) => {
    const reference = await prepare(scenario);
    await reference.run();
    for (const times of [1, 3]) {
      const { world, run } = await prepare(scenario);
      for (let time = 1; time <= times; time++) {
        const dying = mortal(world, death);
        const ended = await run(dying.world).catch((error: unknown) => error);
        if (time === 1) expect(ended).toBeInstanceOf(Crash);
        world.clock.now = new Date(world.clock.now.getTime() + 60_000);
      }
      await run();
      expect(stateOf(world)).toEqual(stateOf(reference.world));
    }
  });

  it("ends the same when it is delivered twice at once, and again", async () => {
    const reference = await prepare(scenario);
    await reference.run();
    const { world, run } = await prepare(scenario);
    await Promise.all([run(), run()]);
    await run();
    expect(stateOf(world)).toEqual(stateOf(reference.world));
  });
});

/** A world in which the actor is about to wake, and what wakes it. */
async function prepare({ actor, bytes = jpeg, confidence = 0, before }: Scenario) {
  const world = memoryWorld();
  const earlier = { moderate: "ingest", resize: "moderate", compress: "resize", publish: "compress" } as const;
  world.incoming.put(key, bytes, { metadata: { name: "a.jpg" } });
  if (actor !== "ingest") await chainOf(world, { compressor }).send(key, earlier[actor]);
  await before?.(world);
  const subject = actor === "ingest" ? key : [...world.catalog.records.keys()][0]!;
  const moderator = moderatorSaying({ confidence });
  return { world, run: (within: World = world) => chainOf(within, { compressor, moderator })[actor](subject) };
}

class Crash extends Error {}

/** The same world seen by a process that dies at one of its calls: after that nothing it does has any effect. */
function mortal(world: World, { when, call }: { when?: "before" | "after"; call?: number } = {}) {
  let calls = 0;
  let dead = false;
  const port = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(from, name) {
        const value: unknown = Reflect.get(from, name);
        if (typeof value !== "function") return value;
        return async (...given: unknown[]) => {
          if (dead) throw new Crash();
          dead = ++calls === call;
          if (dead && when === "before") throw new Crash();
          const answer: unknown = await value(...given);
          if (dead) throw new Crash();
          return answer;
        };
      },
    });
  const { catalog, incoming, working, quarantine, published } = world;
  const ports = { catalog, incoming, working, quarantine, published };
  const seen = Object.fromEntries(Object.entries(ports).map(([name, one]) => [name, port(one as object)]));
  return { world: { ...world, ...seen } as World, calls: () => calls };
}

/** All that is left in the end, but for when it was and how often it was tried. */
function stateOf({ catalog, incoming, working, quarantine, published }: World) {
  const passing = ["enteredAt", "changedAt", "acceptedAt", "publishedAt", "timings", "attempts"];
  const records = [...catalog.records].map(([id, record]) => [
    id,
    Object.fromEntries(Object.entries(record).filter(([field]) => !passing.includes(field))),
  ]);
  const objects = ({ bucket, objects: all }: MemoryStore) =>
    [...all].map(([name, { bytes, ...said }]) => [`${bucket}/${name}`, { ...said, sha256: sha256(bytes) }]);
  return {
    records: Object.fromEntries(records),
    objects: Object.fromEntries([incoming, working, quarantine, published].flatMap(objects)),
    owners: Object.fromEntries(catalog.owners),
  };
}

const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
