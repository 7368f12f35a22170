import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { lanesOf, throttleOf } from "../components/pace.ts";
import { type Claimant, claims, leastCapacity, type Shares, sharesOf, sumOf } from "../settings-capacity.ts";
import { problems, settings } from "./fixtures/settings-of.ts";

const nothing = { named: {}, sources: 0 };
const actors = Object.keys(claims) as Claimant[];

describe("a capacity", () => {
  it("is shared out to the last execution, and nobody has less of a larger one", () => {
    for (const [sources, announced] of [
      [0, false],
      [1, false],
      [3, true],
    ] as const) {
      const given = { named: {}, sources, announced };
      let before: Shares = {};
      for (let capacity = leastCapacity(given); capacity <= 160; capacity += 1) {
        const shares = sharesOf(capacity, given);
        const rest = capacity - sumOf(shares, given);
        expect(rest).toBeGreaterThanOrEqual(0);
        // What does not make one for each source stays with the account.
        expect(rest).toBeLessThan(Math.max(1, sources));
        for (const actor of actors) expect(shares[actor] ?? 0).toBeGreaterThanOrEqual(before[actor] ?? 0);
        before = shares;
      }
    }
  });

  it("gives the chain's steps what they take at the same pace", () => {
    const shares = sharesOf(900, nothing);
    const paces = (["ingest", "moderate", "resize", "compress", "publish"] as const).map(
      (actor) => shares[actor]! / claims[actor].seconds,
    );
    expect(Math.max(...paces) / Math.min(...paces)).toBeLessThan(1.02);
  });

  it("never gives less than a function needs for all that wakes it, nor more than helps", () => {
    for (const capacity of [leastCapacity({ named: {}, sources: 2 }), 900]) {
      const shares = sharesOf(capacity, { named: {}, sources: 2 });
      for (const actor of ["moderate", "resize", "compress", "publish", "forget", "archive"] as const)
        expect(4 * lanesOf(shares[actor])).toBeLessThanOrEqual(shares[actor]!);
      expect(shares).toMatchObject({ forget: 4, restore: 6, reconcile: 1 });
      expect(shares.pull).toBe(capacity === 900 ? 7 : 4);
    }
    for (const absent of ["pull", "discover", "announce"]) expect(sharesOf(200, nothing)).not.toHaveProperty(absent);
    // All of the chain hears of changes by it.
    expect(sharesOf(42, { ...nothing, announced: true }).announce).toBe(4);
  });

  it("leaves alone what is named, and shares the rest", () => {
    const shares = sharesOf(200, { named: { compress: 3, pull: 4 }, sources: 2 });
    expect(shares).toMatchObject({ compress: 3, pull: 4 });
    expect(sumOf(shares, { sources: 2 })).toBe(200);
    // Without sources nothing is taken for them, whatever is named.
    expect(sumOf(sharesOf(200, { named: { pull: 50 }, sources: 0 }), nothing)).toBe(200);
  });

  it("is read from the stack's config; without it only what is named is set aside", () => {
    expect(settings({ "darkroom:capacity": 100 }).concurrency).toEqual(sharesOf(100, nothing));
    expect(settings({ "darkroom:concurrency": { resize: 7 } }).concurrency).toEqual({ resize: 7 });
    expect(settings().concurrency).toEqual({});
  });
});

describe("what does not fit", () => {
  const source = { name: "shelf", kind: "s3", bucket: "example-shelf" };

  it.each([
    [{ capacity: 901 }, /^darkroom:capacity: 901 .* more than the 900 that an account with 1000 .*accountConcurrency$/],
    [{ capacity: 50, accountConcurrency: 10 }, /^darkroom:capacity: 50 .* more than the 0 /],
    [{ capacity: 37 }, /^darkroom:capacity: expected 38 at least, .*received 37\. With 0 none is set aside$/],
    [{ capacity: 41, chaining: "sns" }, /^darkroom:capacity: expected 42 at least/],
    [{ capacity: 41, sources: [source] }, /^darkroom:capacity: expected 42 at least/],
    [
      { capacity: 80, concurrency: { resize: 60 } },
      /^darkroom:capacity: expected 94 at least, .* names 60, received 80/,
    ],
    [{ concurrency: { resize: 850, api: 51 } }, /^darkroom:concurrency: 901 .* more than the 900 /],
    [{ concurrency: { pull: 451 }, sources: [source, { ...source, name: "b" }] }, /^darkroom:concurrency: 902 /],
    [{ capacity: -1 }, /^darkroom:capacity: /],
    [{ capacity: "many" }, /^darkroom:capacity is "many"; expected/],
  ])("is said at once: %j", (values, problem) => {
    const config = Object.fromEntries(Object.entries(values).map(([key, value]) => [`darkroom:${key}`, value]));
    expect(problems(config)).toEqual([expect.stringMatching(problem)]);
  });

  it("fits once the account has more", () => {
    expect(problems({ "darkroom:capacity": 2000, "darkroom:accountConcurrency": 3000 })).toEqual([]);
    expect(problems({ "darkroom:capacity": 38 })).toEqual([]);
  });
});

describe("docs/capacity.md", () => {
  it("has the table as the program counts it", async () => {
    const page = await readFile(new URL("../docs/capacity.md", import.meta.url), "utf8");
    for (const capacity of [38, 60, 100, 200, 400, 900]) expect(page).toContain(rowOf(capacity));
  });

  const chain = ["ingest", "moderate", "resize", "compress", "publish"] as const;
  function rowOf(capacity: number): string {
    const shares = sharesOf(capacity, nothing);
    const working = (actor: (typeof chain)[number]) =>
      actor === "ingest" ? shares.ingest! : 4 * lanesOf(shares[actor]);
    const minute = Math.floor(60 * Math.min(...chain.map((actor) => working(actor) / claims[actor].seconds)));
    const { throttlingRateLimit, throttlingBurstLimit } = throttleOf(shares.api);
    const cells = [
      capacity,
      ...[...chain, "archive", "forget", "restore", "reconcile", "api"].map((actor) => shares[actor as Claimant]),
      `${throttlingRateLimit} / ${throttlingBurstLimit}`,
      minute,
    ];
    return `| ${cells.join(" | ")} |`;
  }
});
