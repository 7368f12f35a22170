import { describe, expect, it } from "vitest";
import { digestRoutes } from "../../handlers/api/digest.ts";
import type { DigestCall } from "../../handlers/digest/digest.ts";
import { refusal, startFrame } from "../fixtures/memory-frame.ts";

function start() {
  const calls: DigestCall[] = [];
  const frame = startFrame((world) => [digestRoutes({ ...world, wakeDigest: async (call) => void calls.push(call) })]);
  const post = (body: unknown, by = "operator") => frame.ask("/api/digest", { method: "POST", body, by });
  return { calls, post };
}

describe("POST /api/digest", () => {
  it("wakes the digest with the day, under a name of its own each time", async () => {
    const { calls, post } = start();
    expect(await post({ day: "today" })).toMatchObject({ status: 202, body: { day: "today" } });
    expect(await post({ day: "last" })).toMatchObject({ status: 202, body: { day: "last" } });
    expect(calls.map(({ day }) => day)).toEqual(["today", "last"]);
    expect(new Set(calls.map(({ asked }) => asked)).size).toBe(2);
    for (const { asked } of calls) expect(asked).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("is for operators", async () => {
    const { calls, post } = start();
    for (const by of ["ann@example.com", "rita@example.com"])
      expect(await post({ day: "today" }, by)).toEqual(refusal("NOT_ALLOWED"));
    expect(calls).toEqual([]);
  });

  it("refuses any other day, and says where none is mailed", async () => {
    const { calls, post } = start();
    expect(await post({ day: "2026-11-22" })).toEqual(refusal("BAD_REQUEST"));
    expect(calls).toEqual([]);
    const { ask } = startFrame((world) => [digestRoutes(world)]);
    const asked = { method: "POST", body: { day: "last" }, by: "operator" };
    expect(await ask("/api/digest", asked)).toEqual(refusal("NO_DIGEST"));
  });
});
