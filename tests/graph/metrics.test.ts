import { beforeAll, describe, expect, it } from "vitest";
import { measures } from "../../handlers/measures.ts";
import type { Graph } from "../../local/graph.ts";
import { named, ofType, stackGraph } from "./stacks.ts";
import { alarmed, drawn, filtered, textOf, wholeStack } from "./watched.ts";

let graph: Graph;
beforeAll(async () => {
  graph = await wholeStack();
});

/** What AWS itself measures, as far as it is used: by which dimension each is asked for. */
const ofAws: Readonly<Record<string, readonly string[]>> = {
  // https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
  "AWS/Lambda [FunctionName]": [
    "AsyncEventsDropped",
    "DestinationDeliveryFailures",
    "Duration",
    "Errors",
    "Invocations",
    "IteratorAge",
    "Throttles",
    "Url5xxCount",
  ],
  "AWS/Lambda [EventSourceMappingUUID]": ["FailedInvokeEventCount", "OnFailureDestinationDeliveredEventCount"],
  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
  "AWS/SQS [QueueName]": ["ApproximateAgeOfOldestMessage", "ApproximateNumberOfMessagesVisible"],
  // https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html
  "AWS/ApiGateway [ApiId]": ["4xx", "5xx", "Count", "Latency"],
};

const texts = (metrics: readonly Parameters<typeof textOf>[0][]) => [...new Set(metrics.map(textOf))].sort();

describe("metrics of our own", () => {
  const seen = () => texts([...alarmed(graph), ...drawn(graph)].filter(({ namespace }) => namespace === "Darkroom"));
  const made = () =>
    texts([
      ...filtered(graph),
      ...Object.entries(measures).map(([name, { dimensions }]) => ({ namespace: "Darkroom", name, dimensions })),
    ]);

  it("that an alarm or the dashboard names are made, with these very dimensions, and all that are made are seen", () => {
    expect(seen()).toEqual(made());
  });

  it("are asked for with the values that the lines have", () => {
    for (const { namespace, name, values } of [...alarmed(graph), ...drawn(graph)])
      if (namespace === "Darkroom" && "Environment" in values) expect(values["Environment"], name).toBe("prod");
  });
});

it("metrics of AWS are such as AWS has", () => {
  const known = Object.entries(ofAws).flatMap(([of, names]) => {
    const [, namespace, dimension] = /^(\S+) \[(\w+)\]$/.exec(of)!;
    return names.map((name) => `${namespace} ${name} [${dimension}]`);
  });
  const used = texts([...alarmed(graph), ...drawn(graph)].filter(({ namespace }) => namespace !== "Darkroom"));
  expect(used).toEqual(known.sort());
});

it("metrics of AWS are asked of what is in the stack", () => {
  const outputs = (type: string, output: string) => ofType(graph, type).map((each) => String(each.outputs[output]));
  const there: Readonly<Record<string, readonly string[]>> = {
    FunctionName: outputs("aws:lambda/function:Function", "name"),
    QueueName: outputs("aws:sqs/queue:Queue", "name"),
    EventSourceMappingUUID: outputs("aws:lambda/eventSourceMapping:EventSourceMapping", "uuid"),
    ApiId: outputs("aws:apigatewayv2/api:Api", "id"),
  };
  for (const { namespace, name, values } of [...alarmed(graph), ...drawn(graph)])
    if (namespace !== "Darkroom")
      for (const [dimension, value] of Object.entries(values)) expect(there[dimension], name).toContain(value);
});

describe("log metric filters", () => {
  const filters = (of: Graph) => ofType(of, "aws:cloudwatch/logMetricFilter:LogMetricFilter");

  it("are on the logs of those whose lines they read, in every stack", async () => {
    const dev = await stackGraph("dev");
    expect(filters(dev).map(({ name }) => name)).toEqual(filters(graph).map(({ name }) => name));
    for (const { name, inputs } of filters(graph)) {
      const actor = name.split("-counts-")[0];
      expect(inputs["logGroupName"], name).toBe(named(graph, `${actor}-logs`).outputs["name"]);
      expect(named(graph, `${actor}-fn`).inputs["loggingConfig"]).toMatchObject({ logFormat: "JSON" });
    }
  });

  it("have what CloudWatch takes: at most three dimensions, and none of them beside a default value", () => {
    for (const { name, inputs } of filters(graph)) {
      const { dimensions, defaultValue, namespace } = inputs["metricTransformation"] as Record<string, object>;
      expect(Object.keys(dimensions!).length, name).toBeLessThanOrEqual(3);
      expect([defaultValue, namespace]).toEqual([undefined, "Darkroom"]);
      expect(String(inputs["pattern"]).length).toBeLessThanOrEqual(1024);
    }
  });
});
