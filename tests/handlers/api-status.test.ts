import { describe, expect, it } from "vitest";
import { startApi, withPictures } from "../fixtures/memory-api.ts";
import { refusal } from "../fixtures/memory-frame.ts";

describe("GET /api/status", () => {
  it("counts the last 31 days' pictures by their status", async () => {
    const { first, ask, clock } = await withPictures(5);
    const review = { method: "POST", body: { verdict: "accept", reason: "" }, by: "operator" };
    expect((await ask(`/api/pictures/${first.pictureId}/review`, review)).status).toBe(200);
    const counts = async (now: Date) => {
      clock.now = now;
      return (await ask("/api/status", { by: "operator" })).body.counts;
    };
    expect(await counts(clock.now)).toEqual({ review: 4, accepted: 1 });
    // The two oldest entered at :00 and :01.
    expect(await counts(new Date(Date.UTC(2026, 10, 23 + 31, 12, 0, 2)))).toEqual({ review: 2, accepted: 1 });
    expect(await counts(new Date(Date.UTC(2026, 10, 23 + 32, 12)))).toEqual({});
  });

  it("is for operators", async () => {
    const { ask } = startApi();
    expect(await ask("/api/status")).toEqual(refusal("SIGN_IN_FIRST"));
    for (const by of ["ann@example.com", "rita@example.com"])
      expect(await ask("/api/status", { by })).toEqual(refusal("NOT_ALLOWED"));
  });
});

describe("GET /api/health", () => {
  it("answers anybody", async () => {
    for (const by of [undefined, "ann@example.com", "operator"])
      expect(await startApi().ask("/api/health", { by })).toMatchObject({ status: 200, body: { status: "ok" } });
  });
});
