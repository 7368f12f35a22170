import { describe, expect, it } from "vitest";
import { memory, steps } from "../../cli/cost/assumptions.ts";
import { standing } from "../../cli/cost/standing.ts";
import { inputsOf, ofType, stackGraph } from "../graph/stacks.ts";

describe("what a stack costs while nothing happens", () => {
  it("is reckoned with what the program makes, give or take a fifth: most of these are cents", async () => {
    const graph = await stackGraph("prod");
    const mappings = ofType(graph, "aws:lambda/eventSourceMapping:EventSourceMapping");
    const watched = mappings.filter(({ inputs }) => inputs["metricsConfig"] !== undefined);
    const [acl] = ofType(graph, "aws:wafv2/webAcl:WebAcl");
    const alarms = ["aws:cloudwatch/metricAlarm:MetricAlarm", "aws:cloudwatch/compositeAlarm:CompositeAlarm"];
    const made = {
      rules: (acl!.inputs["rules"] as readonly unknown[]).length,
      metrics: ofType(graph, "aws:cloudwatch/logMetricFilter:LogMetricFilter").length,
      alarms: alarms.flatMap((type) => ofType(graph, type)).length,
      mappingMetrics: watched.length * 6,
    };
    for (const [what, count] of Object.entries(standing))
      expect(Math.abs(made[what as keyof typeof made] / count - 1), what).toBeLessThan(0.2);
  });

  it("each function has the memory that its time is reckoned with", async () => {
    const graph = await stackGraph("prod");
    const made = steps.map((step) => [step, inputsOf(graph, `${step}-fn`)["memorySize"]]);
    expect(Object.fromEntries(made)).toEqual(memory);
  });
});
