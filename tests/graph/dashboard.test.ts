import { beforeAll, describe, expect, it } from "vitest";
import type { Graph } from "../../local/graph.ts";
import { functions, ofType, stackGraph } from "./stacks.ts";
import { alarmsOf, drawn, type Widget, wholeStack, widgetsOf } from "./watched.ts";

let whole: Graph;
let dev: Graph;
beforeAll(async () => {
  whole = await wholeStack();
  dev = await stackGraph("dev");
});
const headings = (graph: Graph) =>
  widgetsOf(graph).flatMap(({ properties: { markdown } }) => /^## (.+)$/m.exec(markdown ?? "")?.[1] ?? []);

describe("the dashboard", () => {
  it("has everything of the stack on it: functions, queues, and the mappings that AWS counts for", () => {
    const seen = drawn(whole);
    const valuesOf = (dimension: string) => new Set(seen.map(({ values }) => values[dimension]));
    const all = (type: string) => ofType(whole, type);
    for (const { name, outputs } of functions(whole)) expect(valuesOf("FunctionName"), name).toContain(outputs["name"]);
    for (const { name, outputs } of all("aws:sqs/queue:Queue"))
      expect(valuesOf("QueueName"), name).toContain(outputs["name"]);
    for (const { name, inputs, outputs } of all("aws:lambda/eventSourceMapping:EventSourceMapping"))
      if (inputs["metricsConfig"] !== undefined)
        expect(valuesOf("EventSourceMappingUUID"), name).toContain(outputs["uuid"]);
    const [{ properties }] = widgetsOf(whole).filter(({ type }) => type === "alarm") as [Widget];
    expect(properties.alarms).toHaveLength(Math.min(100, alarmsOf(whole).length + 1));
  });

  it("tells a person what is below, and leaves out what the stack does not have", () => {
    const always = ["Pictures", "Speed", "Savings and moderation", "Lost and found"];
    const machines = ["Functions", "Queues and dead letters", "Front door"];
    expect(headings(dev)).toEqual([...always, ...machines]);
    expect(headings(whole)).toEqual([...always.slice(0, 3), "Costs", "Lost and found", "Sources", ...machines]);
    expect(widgetsOf(dev).filter(({ type }) => type === "alarm")).toEqual([]);
  });

  it("draws no widget over another, none beyond the edge, none without a line, and all of the stack's Region", () => {
    for (const graph of [dev, whole]) {
      const widgets = widgetsOf(graph);
      for (const [index, a] of widgets.entries()) {
        expect(a.x + a.width).toBeLessThanOrEqual(24);
        if (a.type === "metric") {
          expect(a.properties.metrics, a.properties.title).not.toEqual([]);
          expect(a.properties.region).toBe("eu-west-1");
        }
        for (const b of widgets.slice(index + 1)) expect(overlap(a, b), `${index}`).toBe(false);
      }
    }
  });
});

const overlap = (a: Widget, b: Widget) =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
