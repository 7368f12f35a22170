import { describe, expect, it } from "vitest";
import { spendingAt } from "../../handlers/costs/spending.ts";
import { startApi, withPictures } from "../fixtures/memory-api.ts";
import { memoryCosts } from "../fixtures/memory-costs.ts";
import { refusal } from "../fixtures/memory-frame.ts";
import { memoryDeadQueue } from "../fixtures/memory-redrive.ts";

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

  it("says what stands still, and what was given up, by actor and reason", async () => {
    const { catalog, first, ask, clock, kept, queues } = await withPictures(2);
    const { reason: _, ...rest } = first;
    const accepted = { ...rest, status: "accepted", acceptedBy: "rita", acceptedAt: rest.changedAt, woken: 2 } as const;
    await catalog.move("review", accepted);
    clock.now = new Date(Date.parse(first.changedAt) + 30 * 60_000);
    expect((await ask("/api/status", { by: "operator" })).body).toMatchObject({
      stuck: { count: 0, pictures: [] },
      deadLetters: { groups: [], more: false },
    });
    clock.now = new Date(clock.now.getTime() + 1);
    const letter = { at: first.changedAt, pictures: [], reason: "RETRIES_SPENT", key: "" } as const;
    for (const [key, actor] of Object.entries({ a: "resize", b: "resize", c: "ingest" }))
      kept.set(key, { ...letter, key, actor });
    queues.push(memoryDeadQueue("ingest", [undefined, undefined]).queue, memoryDeadQueue("pull", []).queue);
    const { pictureId, name, changedAt: since } = first;
    expect((await ask("/api/status", { by: "operator" })).body).toEqual({
      counts: { review: 1, accepted: 1 },
      stuck: { count: 1, pictures: [{ pictureId, name, status: "accepted", actor: "resize", since, woken: 2 }] },
      deadLetters: {
        groups: [
          { actor: "ingest", reason: "RETRIES_SPENT", count: 3 },
          { actor: "resize", reason: "RETRIES_SPENT", count: 2 },
        ],
        more: false,
      },
      costs: [],
    });
  });

  it("tells what was spent in the month so far on each provider that the stack pays, as it stands now", async () => {
    const terms = { timeZone: "UTC", providers: { tinify: { price: 9000, budget: 20_000 }, http: { price: 2500 } } };
    const ledger = memoryCosts("UTC");
    const { ask, clock } = startApi({ spending: spendingAt({ ledger, terms }) });
    const costs = async () => (await ask("/api/status", { by: "operator" })).body.costs;
    for (let call = 0; call < 2; call++) await ledger.count("tinify", terms.providers.tinify, clock.now);
    await ledger.count("http", terms.providers.http, clock.now);
    const month = "2026-11";
    expect(await costs()).toEqual([
      { provider: "tinify", month, calls: 2, dollars: 0.018, budget: 0.02, stopped: true },
      { provider: "http", month, calls: 1, dollars: 0.0025, stopped: false },
    ]);
    clock.now = new Date("2026-12-01T00:00:00Z");
    expect(await costs()).toMatchObject([{ month: "2026-12", calls: 0, dollars: 0, stopped: false }, { calls: 0 }]);
  });

  it("is for operators", async () => {
    const { ask } = startApi();
    expect(await ask("/api/status")).toEqual(refusal("SIGN_IN_FIRST"));
    for (const by of ["ann@example.com", "rita@example.com"])
      expect(await ask("/api/status", { by })).toEqual(refusal("NOT_ALLOWED"));
  });
});

describe("GET /health", () => {
  it("answers anybody, from wherever they come", async () => {
    for (const by of [undefined, "ann@example.com", "operator"])
      expect(await startApi().ask("/health", { by, headers: { "x-darkroom-door": undefined } })).toMatchObject({
        status: 200,
        body: { status: "ok" },
      });
  });

  it("says by its status that this Region is not to be led to", async () => {
    for (const status of ["failing", "out"] as const) {
      const { ask } = startApi({ health: async () => ({ status, parts: {} }) });
      expect(await ask("/health")).toMatchObject({ status: 503, body: { status } });
    }
  });
});
