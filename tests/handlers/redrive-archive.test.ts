import { describe, expect, it } from "vitest";
import { letterOf } from "../../handlers/dead-letters.ts";
import { createRedrive, type Wanted } from "../../handlers/redrive.ts";
import { mostDeaths } from "../../handlers/step.ts";
import { daysLater, idIn, letTimePass, recordIn, wantedBack } from "../fixtures/archiving.ts";
import { forget, keysIn, settle, worldAt } from "../fixtures/forgetting.ts";
import { chainOf, moderatorSaying } from "../fixtures/memory-chain.ts";
import type { World } from "../fixtures/memory-ports.ts";
import { memoryRedrive } from "../fixtures/memory-redrive.ts";

/** What Lambda puts aside of a reminder that ran out, and archive could not work on. */
const letterAbout = (pictureId: string, at: Date) => {
  const Keys = { pk: { S: `remind#${pictureId}` }, sk: { S: "remind" } };
  const record = { eventName: "REMOVE", dynamodb: { Keys, OldImage: { ...Keys, pictureId: { S: pictureId } } } };
  const requestContext = { condition: "RetryAttemptsExhausted" };
  return JSON.stringify({
    requestContext,
    timestamp: at.toISOString(),
    payload: JSON.stringify({ Records: [record] }),
  });
};

async function redrive(world: World, lost: ReturnType<typeof memoryRedrive>, wanted: Wanted) {
  return (await createRedrive({ ...world, ...lost })(wanted)).found;
}

/** The reminder has run out, archive has failed as often as it may, and its letter lies there. */
function givenUp(world: World) {
  const lost = memoryRedrive(world);
  const [pictureId] = world.reminders.ranOut(world.clock.now);
  lost.kept.set("letter", letterOf("letter", letterAbout(pictureId!, world.clock.now)));
  return lost;
}

describe("a letter of the archive", () => {
  it("is read as one of archive's, about its picture", () => {
    const letter = letterOf("k", letterAbout("id1", new Date(0)));
    expect(letter).toMatchObject({ actor: "archive", reason: "RETRIES_SPENT", pictures: [{ pictureId: "id1" }] });
  });

  it.each([
    ["published", 90, moderatorSaying()],
    ["rejected", 90, moderatorSaying({ confidence: 90 })],
  ] as const)("has the original of a %s picture go all the same", async (status, days, moderator) => {
    const { world, pictureId } = await worldAt(status === "published" ? "publish" : "moderate", { moderator });
    daysLater(days)(world);
    const lost = givenUp(world);
    expect(await redrive(world, lost, { really: false })).toEqual([
      { actor: "archive", reason: "RETRIES_SPENT", pictureId, outcome: "woken" },
    ]);
    expect([world.reminders.all.size, lost.kept.size]).toEqual([0, 1]);
    await redrive(world, lost, { really: true });
    expect(lost.kept.size).toBe(0);
    await letTimePass(world, 0);
    expect(keysIn(world).filter((key) => key.startsWith("working/originals/"))).toEqual([]);
    expect(recordIn(world)).toMatchObject(
      status === "published" ? { archive: { turn: 1 } } : { deletedAt: expect.any(String) },
    );
  });

  it("of a picture forgotten since has it cleared once more: a copy may have come after", async () => {
    const { world, pictureId } = await worldAt("publish");
    const key = keysIn(world)
      .find((each) => each.startsWith("working/originals/"))!
      .slice("working/".length);
    const original = world.working.objects.get(key)!;
    daysLater(30)(world);
    const lost = givenUp(world);
    await forget(world, pictureId);
    world.archived.objects.set(key, original);
    await redrive(world, lost, { really: true });
    await letTimePass(world, 0);
    await settle(world);
    expect(keysIn(world)).toEqual([]);
  });

  it("does nothing where somebody wants the original back, whose reminder is set when it is there", async () => {
    const { world, pictureId } = await worldAt("publish");
    await wantedBack(world);
    const lost = memoryRedrive(world);
    lost.kept.set("letter", letterOf("letter", letterAbout(pictureId, world.clock.now)));
    expect(await redrive(world, lost, { really: true })).toMatchObject([{ outcome: "moved-on" }]);
    expect(world.reminders.all.size).toBe(0);
  });
});

describe("a letter of restore", () => {
  it("is told from one of write-back, and has the original brought back", async () => {
    const { world, pictureId } = await worldAt("publish");
    await wantedBack(world);
    const restoring = { M: { at: { S: "2026-12-23T12:00:00.000Z" } } };
    const NewImage = { pictureId: { S: pictureId }, status: { S: "published" }, archive: { M: { restoring } } };
    const payload = JSON.stringify({ Records: [{ eventName: "MODIFY", dynamodb: { NewImage } }] });
    const timestamp = world.clock.now.toISOString();
    const lost = memoryRedrive(world);
    lost.kept.set("letter", letterOf("letter", JSON.stringify({ timestamp, payload })));
    expect(await redrive(world, lost, { really: true, actor: "restore" })).toMatchObject([{ outcome: "woken" }]);
  });
});

describe("a picture refused as too expensive whose original was deleted", () => {
  it("is not begun again: nothing is left to try it with", async () => {
    const { world } = await worldAt("ingest");
    for (let death = 0; death < mostDeaths; death++) await world.catalog.attempt(idIn(world), "moderate");
    await chainOf(world).moderate(idIn(world));
    await letTimePass(world, 90);
    const before = recordIn(world);
    expect(before).toMatchObject({
      status: "rejected",
      reason: { code: "TOO_EXPENSIVE" },
      deletedAt: expect.any(String),
    });
    const next = JSON.stringify({ part: "records" });
    const wanted = { really: true, pictureId: idIn(world), next };
    expect(await redrive(world, memoryRedrive(world), wanted)).toEqual([]);
    expect(recordIn(world)).toEqual(before);
  });

  it("keeps its original where it was begun again in the moment in which that was to go", async () => {
    const { world, pictureId } = await worldAt("ingest");
    for (let death = 0; death < mostDeaths; death++) await world.catalog.attempt(pictureId, "moderate");
    await chainOf(world).moderate(pictureId);
    daysLater(90)(world);
    let isRead = false;
    const catalog: World["catalog"] = Object.assign(Object.create(world.catalog), {
      async get(id: string) {
        const found = await world.catalog.get(id);
        // Redriven as soon as archive has read the record.
        if (!isRead)
          await redrive(world, memoryRedrive(world), { really: true, pictureId, next: '{"part":"records"}' });
        isRead = true;
        return found;
      },
    });
    await chainOf({ ...world, catalog }).archive(pictureId);
    expect(recordIn(world).status).toBe("received");
    expect(keysIn(world).some((key) => key.startsWith("working/originals/"))).toBe(true);
  });
});
