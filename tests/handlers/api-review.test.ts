import { describe, expect, it } from "vitest";
import type { Picture } from "../../handlers/record.ts";
import { withPictures } from "../fixtures/memory-api.ts";
import { chainOf } from "../fixtures/memory-chain.ts";

describe("POST /api/pictures/:id/review", () => {
  const review = ({ pictureId }: Picture) => `/api/pictures/${pictureId}/review`;
  const at = "2026-11-23T15:00:00.000Z";

  it("accepts in the caller's name, and the picture goes on its way", async () => {
    const { post, first, clock, catalog, ...world } = await withPictures(1);
    clock.now = new Date(at);
    const { status, body } = await post(review(first), { verdict: "accept", reason: "a statue" }, "arn:bob");
    const { reason: _, ...cleared } = first;
    const expected = { ...cleared, status: "accepted", acceptedBy: "arn:bob", acceptedAt: at };
    expect([status, body]).toEqual([200, { ...expected, reviewedBy: "arn:bob", changedAt: at }]);
    expect(await catalog.get(first.pictureId)).toEqual(body);
    const chain = chainOf({ ...world, clock, catalog });
    for (const step of ["resize", "compress", "publish"] as const) await chain[step](first.pictureId);
    expect(await catalog.get(first.pictureId)).toMatchObject({ status: "published", acceptedBy: "arn:bob" });
  });

  it.each([
    ["Not ours.", "Not ours."],
    ["", "A person looked at this picture and refused it."],
  ])("rejects with the reason given: %j", async (reason, sentence) => {
    const { post, first, clock } = await withPictures(1);
    clock.now = new Date(at);
    const { status, body } = await post(review(first), { verdict: "reject", reason }, "arn:bob");
    const expected = { ...first, status: "rejected", reason: { code: "REVIEWED", sentence } };
    expect([status, body]).toEqual([200, { ...expected, reviewedBy: "arn:bob", changedAt: at }]);
    expect(body).not.toHaveProperty("acceptedBy");
  });

  it("is decided by one person, when two are at it", async () => {
    const { post, first, problem } = await withPictures(1);
    const answers = await Promise.all([
      post(review(first), { verdict: "accept", reason: "" }, "arn:ann"),
      post(review(first), { verdict: "reject", reason: "" }, "arn:bob"),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(answers.find(({ status }) => status === 409)).toEqual(problem(409, "NOT_IN_REVIEW"));
    expect(await post(review(first), { verdict: "reject", reason: "" })).toEqual(problem(409, "NOT_IN_REVIEW"));
    expect(answers.find(({ status }) => status === 200)?.body.reviewedBy).toMatch(/^arn:(ann|bob)$/);
  });

  it("is refused for a picture nobody knows, and for a word that is no verdict", async () => {
    const { post, first, problem, catalog } = await withPictures(1);
    const accept = { verdict: "accept", reason: "" };
    expect(await post("/api/pictures/nobody/review", accept)).toEqual(problem(404, "NO_PICTURE"));
    const bad = [{}, { ...accept, verdict: "yes" }, { verdict: "accept" }, { ...accept, reason: 7 }];
    for (const value of [...bad, { ...accept, reason: "x".repeat(501) }])
      expect(await post(review(first), value)).toEqual(problem(400, "BAD_REVIEW"));
    expect(await post(review(first), "{")).toEqual(problem(400, "BAD_JSON"));
    expect(await catalog.get(first.pictureId)).toEqual(first);
    expect((await post(review(first), { ...accept, reason: "x".repeat(500) })).status).toBe(200);
  });
});
