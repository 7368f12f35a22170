import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { capacityOf, type Rush, stagesOf } from "../../cli/cost/capacity.ts";
import { capacityTable } from "../../cli/cost/capacity-table.ts";
import { drain, type Stage } from "../../cli/cost/drain.ts";
import { scalingPage } from "../../cli/cost/scaling-page.ts";
import { workOf } from "../../cli/cost/work.ts";
import { settingsSchema } from "../../settings-schema.ts";

const day: Rush = { pictures: 1e6, days: 1, megapixels: 12, views: 0, unsure: 0.1, duplicates: 0 };
const settings = (config: object = {}) => settingsSchema.parse(config);
const shareOf = (what: string, config: object = {}, rush: Partial<Rush> = {}) =>
  capacityOf(settings(config), { ...day, ...rush }).find((limit) => limit.what.startsWith(what))?.share;

describe("what of AWS's limits is taken", () => {
  it("has the tightest first, and grows with the rate alone", () => {
    const limits = capacityOf(settings(), day);
    expect(limits.map(({ share }) => share)).toEqual(limits.map(({ share }) => share).sort((a, b) => b - a));
    for (const what of ["Lambda", "S3", "DynamoDB: writes", "DynamoDB: index by-entry"]) {
      expect(shareOf(what, {}, { pictures: 10e6 }), what).toBeCloseTo(10 * shareOf(what)!, 8);
      expect(shareOf(what, {}, { pictures: 10e6, days: 10 }), what).toBeCloseTo(shareOf(what)!, 8);
    }
  });

  it("is the rate times the time of all steps in functions, of the account's thousand", () => {
    const { steps } = workOf(settings(), day.megapixels);
    const seconds = Object.values(steps).reduce((sum, { ms }) => sum + ms / 1000, 0);
    expect(shareOf("Lambda")! * 1000).toBeCloseTo((1e6 / 86_400) * seconds, 6);
  });

  it("asks of Rekognition's quota only what Rekognition is shown", () => {
    expect(shareOf("Rekognition")).toBeUndefined();
    const all = shareOf("Rekognition", { moderation: { screen: "rekognition" } })!;
    expect(shareOf("Rekognition", { moderation: { escalate: "rekognition" } })).toBeCloseTo(all / 10);
  });

  it("names what is broken so that nobody passes it over", () => {
    const limits = capacityOf(settings({ concurrency: { ingest: 500 } }), { ...day, pictures: 1e8 });
    const [first] = capacityTable(limits).slice(2);
    expect(limits[0]!.share).toBeGreaterThan(1);
    expect(first).toContain(`| **${limits[0]!.what}** |`);
  });
});

describe("the actors' turns", () => {
  it("are ten batches of each of the stream's four shards, or what is reserved for the actor", () => {
    const atOnce = (config: object) =>
      Object.fromEntries(stagesOf(settings(config), day).map((s) => [s.name, s.atOnce]));
    expect(atOnce({})).toEqual({ ingest: 10, moderate: 40, resize: 40, compress: 40, publish: 40 });
    expect(atOnce({ concurrency: { ingest: 20, compress: 7 } })).toMatchObject({ ingest: 20, compress: 7 });
  });

  it("are shorter for those who take pictures in batches: these wait for their answers together", () => {
    const { ms, waits } = workOf(settings(), day.megapixels).steps.publish;
    const publish = stagesOf(settings(), day).find(({ name }) => name === "publish")!;
    expect(publish.seconds).toBeCloseTo((ms - waits + waits / 10) / 1000);
  });

  it("are what is said to be moved where they are too few", () => {
    const moves = (config: object) =>
      capacityOf(settings(config), { ...day, pictures: 1e8 }).find(({ what }) => what === "wait before compress")!
        .moves;
    expect(moves({ concurrency: { ingest: 500 } })).toContain("warm throughput");
    expect(moves({ concurrency: { ingest: 500, compress: 7 } })).toBe("concurrency.compress (7)");
  });
});

describe("queues one after the other", () => {
  const stage = (name: string, atOnce: number): Stage => ({ name, atOnce, seconds: 1, patience: 2 });

  it("keep nobody waiting while each stage is faster than what comes", () => {
    expect(drain(3600, 1, [stage("a", 1), stage("b", 2)])).toEqual({ hours: 1, waits: { a: 0, b: 0 } });
  });

  it("gather before a stage only what the one before lets through", () => {
    const { hours, waits, broken } = drain(4 * 3600, 1, [stage("wide", 3), stage("narrow", 1), stage("after", 2)]);
    expect(hours).toBeCloseTo(4);
    expect(waits["wide"]).toBeCloseTo(1 / 3);
    expect(waits["narrow"]).toBeCloseTo(4 - 4 / 3);
    expect(waits["after"]).toBe(0);
    expect(broken).toBe("narrow");
  });

  it("agree with pictures that are sent through one by one", () => {
    const stages = [stage("a", 3), stage("b", 2)];
    const many = 5000;
    const { hours, waits } = drain(many, 0.25, stages);
    const walked = walk(many, 0.25, stages);
    expect(walked.hours / hours).toBeCloseTo(1, 2);
    for (const { name } of stages) expect(walked.waits[name]! / waits[name]!).toBeCloseTo(1, 2);
  });
});

/** The same as `drain`, with each picture and each worker. Hours. */
function walk(pictures: number, hours: number, stages: readonly Stage[]) {
  let arrivals = Array.from({ length: pictures }, (_, i) => (i * hours * 3600) / pictures);
  const waits: Record<string, number> = {};
  for (const { name, atOnce, seconds } of stages) {
    const free = Array.from({ length: atOnce }, () => 0);
    let longest = 0;
    arrivals = arrivals.map((at, i) => {
      const worker = i % atOnce;
      const begins = Math.max(at, free[worker]!);
      longest = Math.max(longest, begins - at);
      free[worker] = begins + seconds;
      return begins + seconds;
    });
    waits[name] = longest / 3600;
  }
  return { hours: arrivals.at(-1)! / 3600, waits };
}

it("docs/scaling.md has the figures as the model has them: npm run scaling", async () => {
  expect(await readFile(new URL("../../docs/scaling.md", import.meta.url), "utf8")).toBe(await scalingPage());
});
