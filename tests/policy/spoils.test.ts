import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Graph } from "../../local/graph.ts";
import { type Analyzer, startAnalyzer } from "./analyzer.ts";
import { full } from "./graphs.ts";
import { changedIn } from "./spoil.ts";
import { bucketSpoils } from "./spoils/buckets.ts";
import { catalogAndFunctionSpoils } from "./spoils/catalog-and-functions.ts";
import { frontSpoils } from "./spoils/front.ts";
import { networkSpoils } from "./spoils/network.ts";
import { permissionSpoils } from "./spoils/permissions.ts";
import { queueAndAlarmSpoils } from "./spoils/queues-and-alarms.ts";

const spoils = [
  ...bucketSpoils,
  ...catalogAndFunctionSpoils,
  ...permissionSpoils,
  ...queueAndAlarmSpoils,
  ...frontSpoils,
  ...networkSpoils,
];

let analyzer: Analyzer;
let sound: Graph;
beforeAll(async () => {
  [analyzer, sound] = await Promise.all([startAnalyzer(), full()]);
});
afterAll(() => analyzer.close());

describe("each rule finds what it is for, alone, and tells it by name", () => {
  it.each(spoils)("$rule: $what", async ({ rule, spoil, says }) => {
    await analyzer.configure({}, [rule]);
    const resources = spoil(sound.resources);
    const found = await analyzer.analyze({ resources }, changedIn(sound, resources));
    const { level } = analyzer.rules.find(({ name }) => name === rule)!;
    expect(found.map(({ message }) => message).join("\n")).toMatch(says);
    expect(found.every((violation) => violation.rule === rule && violation.level === level)).toBe(true);
  });

  it("has no rule that nothing was spoilt for", () => {
    const tried = new Set(spoils.map(({ rule }) => rule));
    expect(analyzer.rules.map(({ name }) => name).filter((name) => !tried.has(name))).toEqual([]);
  });
});
