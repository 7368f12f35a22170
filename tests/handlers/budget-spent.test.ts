import { describe, expect, it } from "vitest";
import type { PictureIn } from "../../handlers/record.ts";
import { type Moderator, ModeratorError } from "../../providers/moderators/types.ts";
import { startApi } from "../fixtures/memory-api.ts";
import { type ChainActor, chainOf, moderatorSaying } from "../fixtures/memory-chain.ts";
import { memoryWorld, type World } from "../fixtures/memory-ports.ts";
import { quadrants } from "../fixtures/odd-pictures.ts";

const jpeg = await quadrants(60, 40).jpeg().toBuffer();
const first = {
  containsNudity: false,
  confidence: 30,
  labels: [{ name: "Skin", confidence: 30 }],
  moderator: "nsfwjs",
};
const broke = (seen?: typeof first): Moderator => ({
  name: "rekognition",
  screen: () => Promise.reject(new ModeratorError("rekognition", "BUDGET_SPENT", "spent", { first: seen })),
});

async function sent(world: World, moderator: Moderator, until?: ChainActor) {
  world.incoming.put("uploads/1", jpeg, { metadata: { name: "hills.jpg" } });
  const [picture] = await chainOf(world, { moderator }).send("uploads/1", until);
  return picture!;
}

describe("a picture whose moderator cannot be paid", () => {
  it("waits for a person, who is told why and sees it; nobody has said anything of it", async () => {
    const world = memoryWorld();
    const picture = (await sent(world, broke())) as PictureIn<"review">;
    expect(picture).toMatchObject({
      status: "review",
      reason: {
        code: "BUDGET_SPENT",
        sentence:
          "This month's budget for the moderator rekognition is spent, so it was not asked about this picture. A person decides.",
      },
    });
    for (const field of ["containsNudity", "containsNudityConfidence", "moderator", "labels", "acceptedBy"])
      expect(picture).not.toHaveProperty(field);
    expect(world.working.objects.has(`previews/${picture.pictureId}.jpg`)).toBe(true);
    expect(world.lines).toContainEqual({
      outcome: "review",
      details: expect.objectContaining({ actor: "moderate", reason: "BUDGET_SPENT" }),
    });
    expect(world.measured).toEqual([]);
  });

  it("keeps what a cheaper moderator has seen, and is not let through on it", async () => {
    const world = memoryWorld();
    expect(await sent(world, broke(first))).toMatchObject({
      status: "review",
      reason: { code: "BUDGET_SPENT" },
      containsNudityConfidence: 30,
      moderator: "nsfwjs",
      labels: first.labels,
    });
    expect(world.measured).toEqual([{ moderator: "nsfwjs", answer: "review", ModerationAnswers: 1 }]);
  });

  it("is published when a reviewer accepts it", async () => {
    const world = startApi();
    const { pictureId } = await sent(world, broke());
    const accept = { method: "POST", body: { verdict: "accept", reason: "" }, by: "operator" };
    expect((await world.ask(`/api/pictures/${pictureId}/review`, accept)).status).toBe(200);
    const { resize, compress, publish } = chainOf(world);
    for (const step of [resize, compress, publish]) await step(pictureId);
    expect(world.catalog.records.get(pictureId)).toMatchObject({ status: "published", acceptedBy: expect.any(String) });
  });
});

describe("what pictures' ways are measured by", () => {
  const moderated = (confidence: number) => moderatorSaying({ confidence, moderator: "a → b" });

  it.each([
    [0, "accepted"],
    [50, "review"],
    [90, "rejected"],
  ] as const)("a moderator's answer of %i % counts once as %s", async (confidence, answer) => {
    const world = memoryWorld();
    const { pictureId } = await sent(world, moderated(confidence), "moderate");
    const once = [{ moderator: "a → b", answer, ModerationAnswers: 1 }];
    expect(world.measured).toEqual(once);
    // Delivered again.
    await chainOf(world, { moderator: moderated(confidence) }).moderate(pictureId);
    expect(world.measured).toEqual(once);
  });

  it("what publishing saved, and how long the picture took, count once", async () => {
    const world = memoryWorld();
    const picture = await sent(world, moderated(0), "compress");
    const { bytesBefore, bytesAfter, pictureId } = picture as PictureIn<"compressed">;
    world.clock.now = new Date(world.clock.now.getTime() + 12_345);
    world.measured.length = 0;
    const { publish } = chainOf(world);
    await Promise.all([publish(pictureId), publish(pictureId)]);
    await publish(pictureId);
    expect(world.measured).toEqual([{ BytesSaved: bytesBefore - bytesAfter, SecondsToPublish: 12.345 }]);
  });

  it("nothing counts of a move that somebody else made", async () => {
    const world = memoryWorld();
    const { pictureId } = await sent(world, moderated(0), "ingest");
    const lost = { ...world, catalog: { ...world.catalog, move: async () => false } };
    await chainOf(lost, { moderator: moderated(0) }).moderate(pictureId);
    expect(world.measured).toEqual([]);
  });
});
