import { describe, expect, it } from "vitest";
import { askToForget } from "../../handlers/forgetting.ts";
import { sharpCompressor } from "../../providers/compressors/sharp.ts";
import { archivedFirst, broughtBack, daysLater, idIn, wantedBack } from "../fixtures/archiving.ts";
import { type ChainActor, chainOf, moderatorSaying } from "../fixtures/memory-chain.ts";
import { memoryWorld, type World } from "../fixtures/memory-ports.ts";
import { Crash, mortal, stateOf } from "../fixtures/mortal-world.ts";
import { quadrants } from "../fixtures/odd-pictures.ts";

/**
 * Every way in which the process can die over one picture: before or after each call it makes of
 * the world. Then it is delivered again, and all must end as if nothing had happened.
 */

interface Scenario {
  readonly actor: ChainActor | "forget" | "archive" | "begin" | "finish";
  /** Whose work is done when it wakes. @default the one before it */
  readonly after?: ChainActor;
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
  { actor: "archive", after: "publish", ends: "published", before: daysLater(30) },
  {
    actor: "archive",
    after: "publish",
    ends: "published",
    async before(world) {
      await broughtBack(world);
      daysLater(40)(world);
    },
  },
  { actor: "archive", after: "moderate", ends: "rejected", confidence: 90, before: daysLater(90) },
  { actor: "begin", after: "publish", ends: "published", before: (world) => wantedBack(world) },
  { actor: "begin", after: "publish", ends: "published", before: (world) => wantedBack(world, "GLACIER_IR") },
  {
    actor: "finish",
    after: "publish",
    ends: "published",
    async before(world) {
      await wantedBack(world);
      await chainOf(world).restore.begin(idIn(world));
      world.archived.thawed();
    },
  },
  { actor: "forget", after: "publish", ends: "forgotten", before: archivedFirst },
  { actor: "forget", after: "publish", ends: "forgotten" },
  { actor: "forget", after: "moderate", ends: "forgotten", confidence: 50 },
  { actor: "forget", after: "ingest", ends: "forgotten", bytes: Buffer.from("<!DOCTYPE html>") },
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

describe.each(counted)("$actor (after $after) that leaves a picture $ends", ({ calls, ended, ...scenario }) => {
  const deaths = (["before", "after"] as const).flatMap((when) =>
    Array.from({ length: calls }, (_, i) => ({ when, call: i + 1 })),
  );

  it("makes some calls, each of which can be its last", () => {
    expect(ended).toBe(scenario.ends);
    expect(calls).toBeGreaterThanOrEqual(3);
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
async function prepare({ actor, after, bytes = jpeg, confidence = 0, before }: Scenario) {
  const world = memoryWorld();
  const earlier = { moderate: "ingest", resize: "moderate", compress: "resize", publish: "compress" } as const;
  const moderator = moderatorSaying({ confidence });
  world.incoming.put(key, bytes, { metadata: { name: "a.jpg" } });
  const comesBefore = actor in earlier ? earlier[actor as keyof typeof earlier] : after;
  // The moderator's verdict is the subject where it wakes, and otherwise what went before.
  if (actor !== "ingest")
    await chainOf(world, actor in earlier ? { compressor } : { compressor, moderator }).send(key, comesBefore);
  await before?.(world);
  if (actor === "forget") await askToForget(world, idIn(world), "ann@example.com");
  const run = (within: World = world) => {
    const { restore, ...chain } = chainOf(within, { compressor, moderator });
    if (actor === "ingest") return chain.ingest(key);
    if (actor === "finish") return restore.finish([...world.archived.objects.keys()][0]!);
    return actor === "begin" ? restore.begin(idIn(world)) : chain[actor](idIn(world));
  };
  return { world, run };
}
