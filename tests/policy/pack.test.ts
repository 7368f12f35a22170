import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Analyzer, startAnalyzer } from "./analyzer.ts";
import { dev, devAnnounced, firstPreview, full, fullAnnounced, prod, twoRegions } from "./graphs.ts";
import { all, set, without } from "./spoil.ts";

let analyzer: Analyzer;
beforeAll(async () => {
  analyzer = await startAnalyzer();
});
afterAll(() => analyzer.close());

describe("the policy pack, asked as Pulumi's engine asks it", () => {
  it("has the 54 mandatory and the 19 advisory controls", () => {
    const levels = analyzer.rules.map(({ level }) => level);
    expect(levels.filter((level) => level === "mandatory")).toHaveLength(54);
    expect(levels.filter((level) => level === "advisory")).toHaveLength(19);
    expect(new Set(analyzer.rules.map(({ name }) => name)).size).toBe(73);
  });

  it.each([
    ["dev", dev],
    ["prod", prod],
    ["a stack with everything", full],
    ["dev, chained by SNS", devAnnounced],
    ["everything, chained by SNS", fullAnnounced],
    ["everything in two Regions", twoRegions],
  ])("finds nothing in %s but what the account has to show", async (_, graph) => {
    await analyzer.configure({});
    const found = await analyzer.analyze(await graph());
    expect(found.filter(({ rule }) => rule !== "account-preconditions")).toEqual([]);
    expect(found.map(({ level }) => level)).toEqual(Array(5).fill("advisory"));
  });

  it("finds nothing wrong in a first preview, and says what it could not look at", async () => {
    await analyzer.configure({});
    const found = await analyzer.analyze(await firstPreview());
    expect(found.filter(({ level }) => level === "mandatory")).toEqual([]);
    const undecided = found.filter(({ message }) => /Not decided/.test(message)).map(({ rule }) => rule);
    expect(undecided).toContain("no-wildcards");
    // What the program itself says is looked at all the same.
    for (const rule of ["table-point-in-time-recovery", "bucket-public-access-block", "function-concurrency"])
      expect(undecided).not.toContain(rule);
  });

  it("finds in a first preview what the program itself gets wrong", async () => {
    const graph = await firstPreview();
    await analyzer.configure({}, ["bucket-public-access-block", "queue-dead-letters", "function-failures-kept"]);
    const resources = all(
      without("working-private"),
      without("digest-calls"),
      set("intake-queue", { redrivePolicy: undefined }),
    )(graph.resources);
    const found = await analyzer.analyze({ resources }, []);
    expect(found.map(({ rule, level }) => `${rule} ${level}`)).toEqual([
      "bucket-public-access-block mandatory",
      "function-failures-kept mandatory",
      "queue-dead-letters mandatory",
    ]);
  });
});
