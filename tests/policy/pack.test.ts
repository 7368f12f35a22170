import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Analyzer, startAnalyzer } from "./analyzer.ts";
import { dev, firstPreview, full, prod } from "./graphs.ts";

let analyzer: Analyzer;
beforeAll(async () => {
  analyzer = await startAnalyzer();
});
afterAll(() => analyzer.close());

describe("the policy pack, asked as Pulumi's engine asks it", () => {
  it("has the 50 mandatory and the 19 advisory controls", () => {
    const levels = analyzer.rules.map(({ level }) => level);
    expect(levels.filter((level) => level === "mandatory")).toHaveLength(50);
    expect(levels.filter((level) => level === "advisory")).toHaveLength(19);
    expect(new Set(analyzer.rules.map(({ name }) => name)).size).toBe(69);
  });

  it.each([
    ["dev", dev],
    ["prod", prod],
    ["a stack with everything", full],
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
    console.log(found.map((f) => `${f.rule}: ${f.message.slice(0, 300)}`).join("\n"));
  });
});
