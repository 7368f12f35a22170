import { beforeAll, describe, expect, it } from "vitest";
import { emfMeasure } from "../../handlers/aws/metrics.ts";
import type { Graph } from "../../local/graph.ts";
import { actors, inputsOf, ofType, page, stackGraph } from "./stacks.ts";

let dev: Graph;
let prod: Graph;
beforeAll(async () => {
  dev = await stackGraph("dev");
  prod = await stackGraph("prod", { "darkroom:alarms": { enabled: true, email: "ops@example.com" } });
});

const counts = (graph: Graph) => {
  const count: Record<string, number> = {};
  for (const { type } of graph.resources.filter(({ custom }) => custom))
    count[type.split(":").at(-1)!] = (count[type.split(":").at(-1)!] ?? 0) + 1;
  return count;
};
const both = {
  Bucket: 7,
  BucketPublicAccessBlock: 7,
  BucketPolicy: 7,
  BucketOwnershipControls: 7,
  BucketServerSideEncryptionConfiguration: 7,
  BucketLifecycleConfiguration: 7,
  BucketCorsConfiguration: 1,
  BucketVersioning: 2,
  BucketNotification: 2,
  BucketObjectv2: page.length,
  Table: 1,
  // The tenth function is called by a schedule, in a role of the schedule's own.
  Role: 11,
  RolePolicy: 20,
  LogGroup: 11,
  LogMetricFilter: 21,
  Dashboard: 1,
  Function: 10,
  FunctionEventInvokeConfig: 1,
  Schedule: 1,
  ScheduleGroup: 1,
  FunctionUrl: 1,
  Permission: 1,
  LayerVersion: 1,
  EventSourceMapping: 9,
  EventRule: 2,
  EventTarget: 2,
  Queue: 5,
  QueuePolicy: 5,
  Secret: 1,
  SecretVersion: 1,
  Api: 1,
  Stage: 1,
  Integration: 1,
  Route: 1,
  Distribution: 2,
  OriginAccessControl: 2,
  OriginRequestPolicy: 1,
  CachePolicy: 1,
  ResponseHeadersPolicy: 3,
  WebAcl: 1,
};

describe("dev and prod", () => {
  it("are the same system; prod adds its alarms, who hears them, and where an undelivered one goes", () => {
    expect(counts(dev)).toEqual(both);
    expect(counts(prod)).toEqual({
      ...both,
      Queue: 6,
      QueuePolicy: 6,
      Topic: 1,
      TopicPolicy: 1,
      TopicSubscription: 1,
      MetricAlarm: 10 * 3 + 7 * 4 + 2 + 5 + 4,
      CompositeAlarm: 1,
    });
  });

  it("prod protects what cannot be made again; dev can be thrown away", () => {
    const kept = (graph: Graph) =>
      graph.resources.filter(({ custom, protect }) => custom && protect).map(({ name }) => name);
    expect(kept(dev)).toEqual([]);
    expect(kept(prod)).toEqual(
      expect.arrayContaining([
        "catalog-table",
        ...["incoming", "working", "quarantine", "dead-letters", "published", "archived"].map(
          (name) => `${name}-bucket`,
        ),
      ]),
    );
    expect(inputsOf(dev, "catalog-table")).toMatchObject({ deletionProtectionEnabled: false });
    expect(inputsOf(prod, "catalog-table")).toMatchObject({ deletionProtectionEnabled: true });
    expect(inputsOf(dev, "published-bucket")).toEqual({ forceDestroy: true });
    expect(inputsOf(prod, "published-bucket")).toEqual({ forceDestroy: false });
    // The page can be built again.
    expect(kept(prod)).not.toContain("site-bucket");
  });

  it("prod keeps logs a year and dead letters half of one", () => {
    for (const name of [...actors, "door"]) {
      expect(inputsOf(dev, `${name}-logs`)).toMatchObject({ retentionInDays: 30 });
      expect(inputsOf(prod, `${name}-logs`)).toMatchObject({ retentionInDays: 365 });
    }
    expect(inputsOf(prod, "dead-letters-lifecycle")["rules"]).toContainEqual(
      expect.objectContaining({ expiration: { days: 180 } }),
    );
  });

  it("prod sets concurrency aside for every function; dev, which may have an account of ten, for none", () => {
    const reserved = (graph: Graph) =>
      actors.map((actor) => inputsOf(graph, `${actor}-fn`)["reservedConcurrentExecutions"]);
    expect(reserved(dev)).toEqual(actors.map(() => undefined));
    expect(reserved(prod)).toEqual([20, 30, 40, 60, 20, 5, 5, 5, 1, 20]);
    expect(inputsOf(prod, "intake-mapping")["scalingConfig"]).toEqual({ maximumConcurrency: 20 });
  });
});

describe("alarms", () => {
  const alarms = (name: string) =>
    ofType(prod, "aws:cloudwatch/metricAlarm:MetricAlarm").filter((alarm) => alarm.name.startsWith(`${name}-`));

  it("tell one topic, when they ring and when they stop", () => {
    const topic = "arn:aws:sns:eu-west-1:000000000000:darkroom-prod-alarms-topic";
    for (const { inputs } of alarms(""))
      expect(inputs).toMatchObject({
        alarmActions: [topic],
        okActions: [topic],
        alarmDescription: expect.stringMatching(/\. docs\/runbooks\/[a-z-]+\.md$/),
      });
    expect(inputsOf(prod, "alarms-email")).toMatchObject({ topic, protocol: "email", endpoint: "ops@example.com" });
  });

  it.each(actors)("%s has its own for errors, throttles and time", (actor) => {
    const own = ofType(prod, "aws:cloudwatch/metricAlarm:MetricAlarm").filter(({ name }) =>
      [`${actor}-errors`, `${actor}-throttles`, `${actor}-slow`].includes(name),
    );
    expect(own.map(({ inputs }) => inputs["metricName"]).sort()).toEqual(["Duration", "Errors", "Throttles"]);
    for (const { inputs } of own) expect(inputs["dimensions"]).toEqual({ FunctionName: `darkroom-prod-${actor}-fn` });
    const milliseconds = Number(inputsOf(prod, `${actor}-fn`)["timeout"]) * 1000;
    expect(own.find(({ name }) => name.endsWith("-slow"))!.inputs["threshold"]).toBe(milliseconds * 0.9);
  });

  it("each trigger has more: changes that wait, changes put aside, and changes that could not be", () => {
    for (const actor of ["moderate", "resize", "compress", "publish", "forget"]) {
      expect(inputsOf(prod, `${actor}-trigger-behind`)).toMatchObject({
        metricName: "IteratorAge",
        threshold: 600_000,
      });
      const mapping = prod.resources.find(({ name }) => name === `${actor}-trigger-mapping`)!;
      expect(inputsOf(prod, `${actor}-trigger-dead-letters`)).toMatchObject({
        metricName: "OnFailureDestinationDeliveredEventCount",
        dimensions: { EventSourceMappingUUID: mapping.outputs["uuid"] },
        threshold: 0,
      });
      // Without this AWS does not count them.
      expect(mapping.inputs["metricsConfig"]).toEqual({ metrics: ["EventCount"] });
    }
  });

  it("pictures that stand still ring by a measurement that the reconciler writes, under the very same dimensions", () => {
    const { namespace, metricName, dimensions } = inputsOf(prod, "reconcile-stuck") as unknown as Metric;
    const lines: string[] = [];
    emfMeasure(dimensions, (line) => lines.push(line))({ Stuck: 0 });
    const { _aws, ...said } = JSON.parse(lines[0]!);
    expect(_aws.CloudWatchMetrics).toEqual([
      { Namespace: namespace, Dimensions: [Object.keys(dimensions)], Metrics: [{ Name: metricName, Unit: "Count" }] },
    ]);
    expect(said).toEqual({ Environment: "prod", Stuck: 0 });
  });

  interface Metric {
    readonly namespace: string;
    readonly metricName: string;
    readonly dimensions: { readonly Environment: string };
  }

  it("a queue that should be empty rings as soon as it is not", () => {
    expect(inputsOf(prod, "intake-dead-letters-waiting")).toMatchObject({
      metricName: "ApproximateNumberOfMessagesVisible",
      dimensions: { QueueName: "darkroom-prod-intake-dead-letters-queue" },
      threshold: 0,
    });
  });
});
