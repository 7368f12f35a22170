import { describe, expect, it } from "vitest";
import { type Letter, letterOf } from "../../handlers/dead-letters.ts";
import type { Picture } from "../../handlers/record.ts";
import { createRedrive, type Redriven, type Wanted } from "../../handlers/redrive.ts";
import { mostDeaths } from "../../handlers/step.ts";
import { chainOf } from "../fixtures/memory-chain.ts";
import { memoryWorld, type World } from "../fixtures/memory-ports.ts";
import { minutes } from "../fixtures/memory-reconcile.ts";
import { memoryDeadQueue, memoryRedrive, memoryUnheard } from "../fixtures/memory-redrive.ts";
import { mortal } from "../fixtures/mortal-world.ts";
import { quadrants } from "../fixtures/odd-pictures.ts";

const jpegs = await Promise.all([60, 61, 62].map((width) => quadrants(width, 40).jpeg().toBuffer()));
const idOf = (world: World, at = 0) => [...world.catalog.records.keys()][at] as string;
const recordOf = (world: World, at = 0) => [...world.catalog.records.values()][at] as Picture;

/** Pictures that wait for resize, each of which it gave up a moment later. */
async function givenUp(count = 1) {
  const world = memoryWorld();
  const lost = memoryRedrive(world, 2);
  for (let i = 0; i < count; i++) {
    world.incoming.put(`uploads/${i}`, jpegs[i]!);
    await chainOf(world).send(`uploads/${i}`, "moderate");
  }
  pass(world, 1);
  for (const pictureId of world.catalog.records.keys()) letter(world, lost, pictureId);
  pass(world, 1);
  return { world, lost };
}

const pass = (world: World, count: number) => {
  world.clock.now = new Date(world.clock.now.getTime() + minutes(count));
};
function letter(world: World, { kept }: ReturnType<typeof memoryRedrive>, pictureId: string, key = pictureId) {
  const at = world.clock.now.toISOString();
  const pictures = [{ pictureId, status: "accepted" as const }];
  kept.set(key, { key, actor: "resize", reason: "RETRIES_SPENT", at, pictures } satisfies Letter);
}

/** All parts. */
async function redrive(world: World, lost: ReturnType<typeof memoryRedrive>, wanted: Omit<Wanted, "next">) {
  const run = createRedrive({ ...world, ...lost });
  const found: Redriven[] = [];
  let next: string | undefined;
  do {
    const part = await run({ ...wanted, next });
    found.push(...part.found);
    next = part.next;
  } while (next !== undefined);
  return found;
}

describe("letters", () => {
  it("are said by a dry run, which changes nothing", async () => {
    const { world, lost } = await givenUp(3);
    const before = structuredClone([...world.catalog.records.values()]);
    const found = await redrive(world, lost, { really: false });
    expect(found).toHaveLength(3);
    expect(found).toContainEqual({
      actor: "resize",
      reason: "RETRIES_SPENT",
      pictureId: idOf(world),
      outcome: "woken",
    });
    expect([...world.catalog.records.values()]).toEqual(before);
    expect(lost.kept.size).toBe(3);
  });

  it("wake their pictures' actor, which has all its tries again, and go", async () => {
    const { world, lost } = await givenUp();
    for (let death = 0; death <= mostDeaths; death++) await world.catalog.attempt(idOf(world), "resize");
    await redrive(world, lost, { really: true });
    expect(lost.kept.size).toBe(0);
    expect(recordOf(world)).toMatchObject({ status: "accepted", changedAt: world.clock.now.toISOString(), woken: 0 });
    await chainOf(world).resize(idOf(world));
    expect(recordOf(world).status).toBe("resized");
  });

  it("of a picture that has moved or changed since only go", async () => {
    const { world, lost } = await givenUp(2);
    await chainOf(world).resize(idOf(world));
    const second = recordOf(world, 1);
    await world.catalog.touch(second, world.clock.now.toISOString(), 1);
    const before = structuredClone([...world.catalog.records.values()]);
    const found = await redrive(world, lost, { really: true });
    expect(found.map(({ outcome }) => outcome)).toEqual(["moved-on", "moved-on"]);
    expect([...world.catalog.records.values()]).toEqual(before);
    expect(lost.kept.size).toBe(0);
  });

  it("are chosen by actor, reason and picture", async () => {
    const { world, lost } = await givenUp(3);
    for (const other of [{ actor: "compress" }, { reason: "TOO_OLD" }, { pictureId: "another" }])
      expect(await redrive(world, lost, { really: true, ...other })).toEqual([]);
    expect(lost.kept.size).toBe(3);
    const pictureId = idOf(world, 1);
    const [found, ...more] = await redrive(world, lost, { really: true, actor: "resize", pictureId });
    expect([found?.pictureId, more]).toEqual([pictureId, []]);
    expect([...lost.kept.keys()].sort()).toEqual([idOf(world, 0), idOf(world, 2)].sort());
  });

  it("that name no picture go, as the next call makes up for theirs", async () => {
    const world = memoryWorld();
    const lost = memoryRedrive(world);
    lost.kept.set("call", { key: "call", actor: "pull", reason: "TOO_OLD", at: "", pictures: [] });
    expect(await redrive(world, lost, { really: true })).toEqual([
      { actor: "pull", reason: "TOO_OLD", outcome: "dropped" },
    ]);
    expect(lost.kept.size).toBe(0);
  });

  it("are lost by no death: each is there still, or its picture was woken", async () => {
    for (const when of ["before", "after"] as const)
      for (let call = 1; call <= 9; call++) {
        const { world, lost } = await givenUp();
        const dying = mortal(world, { when, call });
        const letters = dying.port(lost.letters);
        await redrive(dying.world, { ...lost, letters }, { really: true }).catch(() => {});
        const woken = recordOf(world).changedAt === world.clock.now.toISOString();
        expect(woken || lost.kept.size === 1, `${when} ${call}`).toBe(true);
        await redrive(world, lost, { really: true });
        expect(lost.kept.size).toBe(0);
        expect(recordOf(world).changedAt).toBe(world.clock.now.toISOString());
      }
  });

  it("are read as Lambda writes them", () => {
    const requestContext = { condition: "RecordAgeExceeded" };
    const timestamp = "2026-11-23T12:00:00.000Z";
    const change = (id: string) => ({ dynamodb: { NewImage: { pictureId: { S: id }, status: { S: "compressed" } } } });
    const payload = JSON.stringify({ Records: [change("id1"), change("id2"), { dynamodb: { Keys: {} } }] });
    const read = letterOf("aws/lambda/x", JSON.stringify({ requestContext, timestamp, payload }));
    const pictures = ["id1", "id2"].map((pictureId) => ({ pictureId, status: "compressed" }));
    expect(read).toEqual({ key: "aws/lambda/x", actor: "publish", reason: "TOO_OLD", at: timestamp, pictures });
    const call = { requestContext: { condition: "RetriesExhausted" }, timestamp, requestPayload: { poll: "studio" } };
    expect(letterOf("k", JSON.stringify(call))).toMatchObject({ actor: "pull", reason: "RETRIES_SPENT", pictures: [] });
  });
});

describe("letters of an actor of the stack's own", () => {
  const own = [{ name: "stamp", function: "darkroom-prod-custom-stamp-fn" }];
  const arn = `arn:aws:lambda:eu-west-1:000000000000:function:${own[0]!.function}`;
  const body = (functionArn: string, given: object) =>
    JSON.stringify({ requestContext: { condition: "RetriesExhausted", functionArn }, timestamp: "", ...given });
  const eventOf = (pictureId: string) => ({
    Records: [{ dynamodb: { NewImage: { pictureId: { S: pictureId }, status: { S: "accepted" } } } }],
  });

  /** One from the stream's mapping, one from a call that failed again. */
  async function twoLetters() {
    const { world, lost } = await givenUp();
    const event = eventOf(idOf(world));
    lost.kept.clear();
    for (const [key, text] of [
      ["a", body(arn, { payload: JSON.stringify(event) })],
      ["b", body(`${arn}:$LATEST`, { requestPayload: event })],
    ] as const)
      lost.kept.set(key, letterOf(key, text, own));
    return { world, lost, event, call: { function: own[0]!.function, event } };
  }

  it("are given to it again as they were, wherever the picture has come to since, and go", async () => {
    const { world, lost, call } = await twoLetters();
    await chainOf(world).resize(idOf(world));
    const before = recordOf(world);
    const about = { actor: "stamp", reason: "RETRIES_SPENT", pictureId: idOf(world), outcome: "woken" };
    expect(await redrive(world, lost, { really: false, actor: "stamp" })).toEqual([about, about]);
    expect([lost.called, lost.kept.size]).toEqual([[], 2]);
    expect(await redrive(world, lost, { really: true, actor: "stamp" })).toEqual([about, about]);
    expect([lost.called, lost.kept.size]).toEqual([[call, call], 0]);
    expect(recordOf(world)).toEqual(before);
  });

  it("only go when their picture is forgotten: they tell of it", async () => {
    const { world, lost } = await twoLetters();
    const picture = recordOf(world);
    await world.catalog.replace(picture, { ...picture, status: "forgotten" } as Picture);
    const found = await redrive(world, lost, { really: true });
    expect(found.map(({ outcome }) => outcome)).toEqual(["moved-on", "moved-on"]);
    expect([lost.called, lost.kept.size]).toEqual([[], 0]);
  });

  it("stay where another actor is asked for, or the call is not taken", async () => {
    const { world, lost } = await twoLetters();
    expect(await redrive(world, lost, { really: true, actor: "resize" })).toEqual([]);
    const callAgain = () => Promise.reject(new Error("throttled"));
    await expect(redrive(world, { ...lost, callAgain }, { really: true })).rejects.toThrow("throttled");
    expect(lost.kept.size).toBe(2);
  });
});

describe("messages of a dead-letter queue", () => {
  it("go back to the queue that they came from, where they are wanted", async () => {
    const world = memoryWorld();
    const lost = memoryRedrive(world);
    const ingest = memoryDeadQueue("ingest", ["id1", "id2", undefined]);
    const pull = memoryDeadQueue("pull", ["id3"]);
    lost.queues.push(ingest.queue, pull.queue);
    expect(await redrive(world, lost, { really: false })).toHaveLength(4);
    expect([...ingest.sent, ...pull.sent]).toEqual([]);
    await redrive(world, lost, { really: true, pictureId: "id2" });
    await redrive(world, lost, { really: true, actor: "pull" });
    expect([ingest.sent, pull.sent]).toEqual([["id2"], ["id3"]]);
    expect(await redrive(world, lost, { really: true })).toHaveLength(2);
    expect(await redrive(world, lost, { really: true })).toEqual([]);
  });
});

describe("pictures that stand still", () => {
  it("are woken though nobody gave them up, as if they had never been woken", async () => {
    const { world, lost } = await givenUp();
    lost.kept.clear();
    expect(await redrive(world, lost, { really: true })).toEqual([]);
    pass(world, 31);
    await world.catalog.touch(recordOf(world), recordOf(world).changedAt, 4);
    const found = await redrive(world, lost, { really: true });
    expect(found).toEqual([{ actor: "resize", reason: "STOOD_STILL", pictureId: idOf(world), outcome: "woken" }]);
    expect(recordOf(world)).toMatchObject({ woken: 0, changedAt: world.clock.now.toISOString() });
  });
});

describe("pictures whose packs have expired", () => {
  it.each(["resize", "compress"] as const)("begin again where they were accepted: after %s", async (last) => {
    const { world, lost } = await givenUp();
    lost.kept.clear();
    const chain = chainOf(world);
    await chain.resize(idOf(world));
    if (last === "compress") await chain.compress(idOf(world));
    for (const prefix of ["resized/", "compressed/"]) await world.working.removeAll(prefix);
    pass(world, 31);
    expect(await redrive(world, lost, { really: true })).toMatchObject([{ reason: "STOOD_STILL", outcome: "woken" }]);
    expect(recordOf(world).status).toBe("accepted");
    for (const step of ["resize", "compress", "publish"] as const) await chain[step](idOf(world));
    expect(recordOf(world).status).toBe("published");
  });
});

describe("pictures refused as too expensive", () => {
  const wanted = { really: true, reason: "TOO_EXPENSIVE" };

  it("begin again where they were accepted, where that is asked for by name alone", async () => {
    const { world, lost } = await givenUp();
    lost.kept.clear();
    const accepted = recordOf(world);
    for (let death = 0; death < mostDeaths; death++) await world.catalog.attempt(idOf(world), "resize");
    await chainOf(world).resize(idOf(world));
    expect(recordOf(world)).toMatchObject({ status: "rejected", reason: { code: "TOO_EXPENSIVE" } });
    pass(world, 60);
    expect(await redrive(world, lost, { really: true })).toEqual([]);
    const found = await redrive(world, lost, wanted);
    expect(found).toEqual([{ actor: "resize", reason: "TOO_EXPENSIVE", pictureId: idOf(world), outcome: "woken" }]);
    const { timings, attempts, ...rest } = recordOf(world);
    expect({ ...accepted, ...rest }).toEqual({ ...accepted, changedAt: world.clock.now.toISOString() });
    const chain = chainOf(world);
    for (const step of ["resize", "compress", "publish"] as const) await chain[step](idOf(world));
    expect(recordOf(world).status).toBe("published");
    expect(recordOf(world)).not.toHaveProperty("reason");
  });

  it("go on with the renditions that publish died over, of which some may be seen already", async () => {
    const { world, lost } = await givenUp();
    lost.kept.clear();
    const chain = chainOf(world);
    for (const step of ["resize", "compress"] as const) await chain[step](idOf(world));
    for (let death = 0; death < mostDeaths; death++) await world.catalog.attempt(idOf(world), "publish");
    await chain.publish(idOf(world));
    expect(recordOf(world).status).toBe("rejected");
    pass(world, 1);
    await redrive(world, lost, wanted);
    expect(recordOf(world).status).toBe("compressed");
    expect(recordOf(world)).not.toHaveProperty("reason");
    await chain.publish(idOf(world));
    expect(recordOf(world).status).toBe("published");
  });

  it("enter anew where ingest refused them, if they are still there", async () => {
    for (const isThere of [true, false]) {
      const world = memoryWorld();
      const lost = memoryRedrive(world);
      world.incoming.put("uploads/1", jpegs[0]!);
      const chain = chainOf(world);
      await chain.ingest("uploads/1");
      const pictureId = idOf(world);
      await world.catalog.remove(recordOf(world));
      for (let death = 0; death < mostDeaths; death++) await world.catalog.attempt(pictureId, "ingest");
      await chain.ingest("uploads/1");
      expect(recordOf(world)).toMatchObject({ status: "rejected", reason: { code: "TOO_EXPENSIVE" } });
      pass(world, 1);
      if (!isThere) await world.incoming.remove("uploads/1");
      const found = await redrive(world, lost, { ...wanted, pictureId });
      const outcome = isThere ? "woken" : "moved-on";
      expect(found).toEqual([{ actor: "ingest", reason: "TOO_EXPENSIVE", pictureId, outcome }]);
      expect(world.catalog.records.size).toBe(isThere ? 0 : 1);
      if (!isThere) continue;
      // Not seen before the record is gone.
      expect(lost.announced).toEqual([{ key: "uploads/1", delaySeconds: 15 }]);
      await chain.ingest("uploads/1");
      expect(recordOf(world).status).toBe("received");
    }
  });
});

describe("announced changes that were given up", () => {
  /** Of a picture that waits for resize, twice, and of one that has moved on. */
  async function unheard() {
    const { world, lost } = await givenUp(2);
    await chainOf(world).resize(idOf(world, 1));
    const waiting = [0, 0, 1].map((at, key) => ({
      ...lost.kept.get(idOf(world, at))!,
      key: String(key),
      at: at === 0 ? recordOf(world).changedAt : "2020-01-01T00:00:00.000Z",
    }));
    lost.kept.clear();
    lost.unheard.push(memoryUnheard("resize", waiting));
    return { world, lost, waiting };
  }

  it("are said by a dry run, which changes nothing", async () => {
    const { world, lost, waiting } = await unheard();
    const found = await redrive(world, lost, { really: false });
    expect(found.map(({ outcome }) => outcome)).toEqual(["woken", "woken", "moved-on"]);
    expect(waiting).toHaveLength(3);
  });

  it("wake each picture that still stands so, once, and go", async () => {
    const { world, lost, waiting } = await unheard();
    const found = await redrive(world, lost, { really: true });
    expect(found.map(({ outcome }) => outcome)).toEqual(["woken", "moved-on", "moved-on"]);
    expect(waiting).toEqual([]);
    expect(recordOf(world)).toMatchObject({ status: "accepted", changedAt: world.clock.now.toISOString() });
  });

  it("stay where something else is asked for", async () => {
    const { world, lost, waiting } = await unheard();
    expect(await redrive(world, lost, { really: true, actor: "compress" })).toEqual([]);
    expect(waiting).toHaveLength(3);
  });
});
