import { describe, expect, it } from "vitest";
import { sourceRoutes } from "../../handlers/api/sources.ts";
import { refusal, startFrame } from "../fixtures/memory-frame.ts";

const sources = [
  { name: "campaigns", kind: "dropbox", every: "5 minutes" },
  { name: "studio", kind: "s3", every: "1 hour" },
] as const;
const none = { taken: 0, failed: 0, deleted: 0, skipped: {} };
const start = () =>
  startFrame(() => [
    sourceRoutes({
      sources,
      standing: async (name) =>
        name === "studio" ? none : { ...none, beganAt: "2026-11-23T12:00:00.000Z", taken: 7, skipped: { empty: 2 } },
    }),
  ]);

describe("GET /api/sources", () => {
  it("tells reviewers and operators how each source stands, in the order of the config", async () => {
    for (const by of ["operator", "rita@example.com"]) {
      const { status, body } = await start().ask("/api/sources", { by });
      expect(status).toBe(200);
      expect(body.sources).toMatchObject([
        { name: "campaigns", taken: 7, skipped: { empty: 2 }, nextPollAt: "2026-11-23T12:05:00.000Z" },
        { name: "studio", kind: "s3", every: "1 hour", taken: 0 },
      ]);
    }
  });

  it("is nobody else's business", async () => {
    const { ask } = start();
    expect(await ask("/api/sources")).toEqual(refusal("SIGN_IN_FIRST"));
    expect(await ask("/api/sources", { by: "ann@example.com" })).toEqual(refusal("NOT_ALLOWED"));
  });
});
