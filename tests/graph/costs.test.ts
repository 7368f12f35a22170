import { describe, expect, it } from "vitest";
import { emfMeasure } from "../../handlers/aws/metrics.ts";
import { createPurses } from "../../handlers/costs/purse.ts";
import { measures } from "../../handlers/measures.ts";
import { memoryCosts } from "../fixtures/memory-costs.ts";
import { leave, named, ofType, stackGraph, variablesOf } from "./stacks.ts";

const paying = {
  "darkroom:compression": { kind: "tinify" },
  "darkroom:tinifyKey": "key",
  "darkroom:moderation": { escalate: "rekognition" },
  "darkroom:budgets": { tinify: 20, rekognition: 0.5 },
  "darkroom:prices": { rekognition: 0.0008 },
  "darkroom:mail": { from: "darkroom@example.com" },
  "darkroom:digest": { to: ["ops@example.com"], at: "07:00 Europe/Berlin" },
};
const graphOf = (stack: string, changes: object = paying) =>
  stackGraph(stack, { ...changes }, "darkroom:tinifyKey" in changes ? ["darkroom:tinifyKey"] : []);

describe("what functions are told of costs", () => {
  it("is the same for all that count and all that tell: price and budget in millionths, days by the digest's clocks", async () => {
    const graph = await graphOf("dev");
    for (const fn of ["moderate", "compress", "api", "digest"])
      expect(JSON.parse(variablesOf(named(graph, `${fn}-fn`))["COSTS"]!)).toEqual({
        timeZone: "Europe/Berlin",
        providers: { tinify: { price: 9000, budget: 20_000_000 }, rekognition: { price: 800, budget: 500_000 } },
      });
  });

  it("is nothing where nothing costs anything; the HTTP moderator is free until it has a price", async () => {
    const http = { screen: "http", url: "https://moderator.example.com" };
    const toldOf = async (changes: object) => {
      const graph = await graphOf("dev", changes);
      return JSON.parse(variablesOf(named(graph, "moderate-fn"))["COSTS"]!);
    };
    expect(await toldOf({ "darkroom:budgets": { tinify: 20 } })).toEqual({ timeZone: "UTC", providers: {} });
    expect(await toldOf({ "darkroom:moderation": http })).toMatchObject({ providers: {} });
    expect(await toldOf({ "darkroom:moderation": http, "darkroom:prices": { http: 0.002 } })).toMatchObject({
      providers: { http: { price: 2000 } },
    });
  });

  it("lies in the catalog's table, which they may read and count in", async () => {
    const graph = await graphOf("dev");
    const table = String(named(graph, "catalog-table").outputs["arn"]);
    for (const actor of ["moderate", "compress"])
      expect(leave(graph, actor)).toEqual(
        expect.arrayContaining([`dynamodb:GetItem ${table}`, `dynamodb:UpdateItem ${table}`]),
      );
    for (const actor of ["api", "digest"]) expect(leave(graph, actor)).toContain(`dynamodb:GetItem ${table}`);
  });
});

describe("alarms of budgets", () => {
  const alarmsOf = async (changes: object) =>
    ofType(await graphOf("prod", changes), "aws:cloudwatch/metricAlarm:MetricAlarm").filter(({ name }) =>
      name.startsWith("budget-"),
    );

  it("are there for what the stack uses and limits", async () => {
    expect((await alarmsOf(paying)).map(({ name }) => name).sort()).toEqual([
      "budget-rekognition-nearly-spent",
      "budget-rekognition-stopped",
      "budget-tinify-nearly-spent",
      "budget-tinify-stopped",
    ]);
    expect(await alarmsOf({ ...paying, "darkroom:budgets": {} })).toEqual([]);
    expect(await alarmsOf({ "darkroom:budgets": { tinify: 20 } })).toEqual([]);
  });

  it("ring at 80 % and when calls are stopped, by measurements that a purse writes under the same dimensions", async () => {
    const alarms = (await alarmsOf(paying)).filter(({ name }) => name.includes("tinify"));
    const lines: string[] = [];
    const clock = { now: new Date("2026-11-22T12:00:00Z") };
    const purse = createPurses({
      ledger: memoryCosts("UTC"),
      terms: { timeZone: "UTC", providers: { tinify: { price: 10, budget: 100 } } },
      now: () => clock.now,
      log: () => {},
      measureOf: (Provider) => emfMeasure({ Environment: "prod", Provider }, (line) => lines.push(line)),
    })("tinify")!;
    const ringing = () =>
      alarms
        .filter(({ inputs: { namespace, metricName, dimensions, threshold } }) =>
          lines
            .map((line) => JSON.parse(line))
            .some((said) => {
              const [{ Namespace, Dimensions, Metrics }] = said._aws.CloudWatchMetrics;
              const named = Metrics.some(({ Name }: { Name: string }) => Name === metricName);
              expect(Dimensions).toEqual([Object.keys(dimensions as object)]);
              expect(said).toMatchObject(dimensions as object);
              return Namespace === namespace && named && said[String(metricName)] > Number(threshold);
            }),
        )
        .map(({ name }) => name);
    const pay = async () => {
      clock.now = new Date(clock.now.getTime() + 60_000);
      await purse.pay();
    };
    for (let call = 0; call < 8; call++) await pay();
    expect(ringing()).toEqual([]);
    await pay();
    expect(ringing()).toEqual(["budget-tinify-nearly-spent"]);
    for (let call = 0; call < 2; call++) await pay();
    expect(ringing().sort()).toEqual(["budget-tinify-nearly-spent", "budget-tinify-stopped"]);
  });

  it("name what is measured, by the dimensions by which it is", async () => {
    for (const { inputs } of await alarmsOf(paying))
      expect(Object.keys(inputs["dimensions"] as object)).toEqual(
        measures[inputs["metricName"] as keyof typeof measures].dimensions,
      );
  });
});
