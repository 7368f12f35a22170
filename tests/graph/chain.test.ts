import { beforeAll, describe, expect, it } from "vitest";
import { envOf } from "../../handlers/env.ts";
import { stillAfterMs } from "../../handlers/moving.ts";
import type { Graph } from "../../local/graph.ts";
import { actors, buckets, functions, inputsOf, named, ofType, stackGraph, variablesOf } from "./stacks.ts";

let graph: Graph;
beforeAll(async () => {
  graph = await stackGraph("dev");
});

const mapping = (name: string) => inputsOf(graph, `${name}-mapping`);
const table = "arn:aws:dynamodb:eu-west-1:000000000000:table/darkroom-dev-catalog-table";

describe("the chain", () => {
  it.each([
    ["moderate", "received", 1, 10, 5],
    ["resize", "accepted", 1, 10, 5],
    ["compress", "resized", 1, 10, 5],
    ["publish", "compressed", 10, 10, 5],
    // CloudFront clears few prefixes at once: what it refuses is asked for again, for hours.
    ["forget", "forgetting", 1, 1, 100],
  ])("wakes %s on %s, and puts aside whole what it cannot work on", (actor, status, batchSize, parallel, retries) => {
    const { filterCriteria, ...rest } = mapping(`${actor}-trigger`) as unknown as {
      filterCriteria: { filters: { pattern: string }[] };
    };
    expect(rest).toEqual({
      eventSourceArn: `${table}/stream/2000-01-01T00:00:00.000`,
      functionName: `arn:aws:lambda:eu-west-1:000000000000:function:darkroom-dev-${actor}-fn`,
      startingPosition: "TRIM_HORIZON",
      batchSize,
      parallelizationFactor: parallel,
      functionResponseTypes: ["ReportBatchItemFailures"],
      bisectBatchOnFunctionError: true,
      maximumRetryAttempts: retries,
      maximumRecordAgeInSeconds: 21_600,
      destinationConfig: { onFailure: { destinationArn: "arn:aws:s3:::darkroom-dev-dead-letters-bucket" } },
    });
    expect(filterCriteria.filters.map(({ pattern }) => JSON.parse(pattern))).toEqual([
      {
        eventName: ["INSERT", "MODIFY"],
        dynamodb: {
          Keys: { sk: { S: ["record"] } },
          NewImage: { status: { S: [status] }, homeRegion: { S: ["eu-west-1"] } },
        },
      },
    ]);
  });

  it("takes uploads in by EventBridge and a queue, so that bucket and function know nothing of each other", () => {
    expect(inputsOf(graph, "incoming-events")).toEqual({ bucket: "darkroom-dev-incoming-bucket", eventbridge: true });
    expect(JSON.parse(inputsOf(graph, "intake-rule")["eventPattern"]!)).toEqual({
      source: ["aws.s3"],
      "detail-type": ["Object Created"],
      detail: { bucket: { name: ["darkroom-dev-incoming-bucket"] } },
    });
    expect(inputsOf(graph, "intake-target")).toEqual({
      rule: "darkroom-dev-intake-rule",
      arn: "arn:aws:sqs:eu-west-1:000000000000:darkroom-dev-intake-queue",
      deadLetterConfig: { arn: "arn:aws:sqs:eu-west-1:000000000000:darkroom-dev-intake-dead-letters-queue" },
    });
    expect(mapping("intake")).toEqual({
      eventSourceArn: "arn:aws:sqs:eu-west-1:000000000000:darkroom-dev-intake-queue",
      functionName: "arn:aws:lambda:eu-west-1:000000000000:function:darkroom-dev-ingest-fn",
      batchSize: 1,
      functionResponseTypes: ["ReportBatchItemFailures"],
      scalingConfig: { maximumConcurrency: 10 },
    });
  });

  it("looks every quarter of an hour for what was lost, first after longer than all usual tries take", () => {
    expect(inputsOf(graph, "reconcile-schedule")).toMatchObject({ scheduleExpression: "rate(15 minutes)" });
    const { TURNS, INTAKE_QUEUE_URL } = variablesOf(named(graph, "reconcile-fn"));
    expect(INTAKE_QUEUE_URL).toBe(named(graph, "intake-queue").outputs["url"]);
    const { objects, records } = JSON.parse(TURNS!) as Record<string, number[]>;
    for (const turns of [objects!, records!]) expect(turns).toEqual(turns.toSorted((a, b) => a - b));
    // A person is told of a picture as soon as it is first woken.
    expect(JSON.parse(TURNS!).records[0] * 60_000).toBe(stillAfterMs);
    // The reconciler gives up looking at an object after two days.
    expect(JSON.parse(TURNS!).objects.at(-1)).toBeLessThan(2 * 24 * 60 - 60);
  });

  it("hides a message six times as long as ingest may take, and gives it up after six tries", () => {
    const queue = inputsOf(graph, "intake-queue") as unknown as {
      visibilityTimeoutSeconds: number;
      redrivePolicy: string;
    };
    expect(queue.visibilityTimeoutSeconds).toBe(6 * Number(inputsOf(graph, "ingest-fn")["timeout"]));
    expect(JSON.parse(queue.redrivePolicy)).toEqual({
      deadLetterTargetArn: "arn:aws:sqs:eu-west-1:000000000000:darkroom-dev-intake-dead-letters-queue",
      maxReceiveCount: 6,
    });
    expect(inputsOf(graph, "intake-dead-letters-queue")).toMatchObject({ messageRetentionSeconds: 14 * 24 * 3600 });
  });

  it("keeps records in one table whose changes are a stream", () => {
    expect(inputsOf(graph, "catalog-table")).toEqual({
      billingMode: "PAY_PER_REQUEST",
      hashKey: "pk",
      rangeKey: "sk",
      attributes: ["pk", "sk", "shard", "uploader", "waiting", "enteredAt"].map((name) => ({ name, type: "S" })),
      globalSecondaryIndexes: [
        ["by-entry", "shard"],
        ["by-uploader", "uploader"],
        ["in-review", "waiting"],
      ].map(([name, attributeName]) => ({
        name,
        keySchemas: [
          { attributeName, keyType: "HASH" },
          { attributeName: "enteredAt", keyType: "RANGE" },
        ],
        projectionType: "ALL",
      })),
      streamEnabled: true,
      streamViewType: "NEW_AND_OLD_IMAGES",
      ttl: { enabled: true, attributeName: "expiresAt" },
      pointInTimeRecovery: { enabled: true },
      serverSideEncryption: { enabled: true },
      deletionProtectionEnabled: false,
    });
  });
});

describe("functions", () => {
  it("are the ten, and nothing but them is deployed as code", () => {
    expect(
      functions(graph)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(actors.map((name) => `${name}-fn`).sort());
  });

  it.each([
    ["ingest", 1769, 60],
    ["moderate", 1769, 60],
    ["resize", 3008, 120],
    ["compress", 3008, 180],
    ["publish", 512, 60],
    ["forget", 512, 60],
    ["reconcile", 512, 300],
    ["api", 512, 15],
    ["archive", 512, 120],
    ["restore", 512, 120],
  ])("%s has %i MB for %i s, on Node 24 for arm64, traced, with JSON logs", (actor, memorySize, timeout) => {
    expect(inputsOf(graph, `${actor}-fn`)).toMatchObject({
      runtime: "nodejs24.x",
      architectures: ["arm64"],
      handler: "index.handler",
      memorySize,
      timeout,
      tracingConfig: { mode: "Active" },
      loggingConfig: { logFormat: "JSON", logGroup: `darkroom-dev-${actor}-logs` },
    });
  });

  it.each(actors)("%s gets exactly the variables that its handler reads", (actor) => {
    const fn = functions(graph).find(({ name }) => name === `${actor}-fn`)!;
    expect(Object.keys(variablesOf(fn)).sort()).toEqual(Object.keys(envOf[actor]).sort());
  });

  it("load sharp by a layer only where pixels are decoded", () => {
    const layered = functions(graph)
      .filter(({ inputs }) => inputs["layers"] !== undefined)
      .map(({ name }) => name);
    expect(layered.sort()).toEqual(["compress-fn", "ingest-fn", "moderate-fn", "resize-fn"]);
    expect(ofType(graph, "aws:lambda/layerVersion:LayerVersion")).toMatchObject([
      { inputs: { compatibleArchitectures: ["arm64"] } },
    ]);
  });

  it("compress is told the distribution's address, or the one that the stack names", async () => {
    const distribution = named(graph, "cdn-distribution");
    const address = (from: Graph) =>
      variablesOf(functions(from).find(({ name }) => name === "compress-fn")!)["PUBLISHED_URL"];
    expect(address(graph)).toBe(`https://${distribution.outputs["domainName"]}`);
    expect(address(await stackGraph("dev", { "darkroom:publishedUrl": "https://pictures.example.com/" }))).toBe(
      "https://pictures.example.com",
    );
  });
});

describe("order", () => {
  it("has no circle: each resource depends on earlier ones only", () => {
    const made = new Set<string>();
    for (const { urn, parent, dependencies } of graph.resources) {
      expect(
        [...dependencies, ...(parent ? [parent] : [])].filter((other) => !made.has(other)),
        urn,
      ).toEqual([]);
      made.add(urn);
    }
  });

  const dependsOn = (name: string) =>
    graph.resources
      .find((resource) => resource.custom && resource.name === name)!
      .dependencies.map((urn) => urn.split("::").at(-1));

  it.each(actors)("makes the log group and the leave of %s before the function", (actor) => {
    expect(dependsOn(`${actor}-fn`)).toEqual(expect.arrayContaining([`${actor}-logs`, `${actor}-policy`]));
  });

  it("lets a trigger read before it is made", () => {
    for (const actor of ["moderate", "resize", "compress", "publish", "forget"])
      expect(dependsOn(`${actor}-trigger-mapping`)).toContain(`${actor}-trigger-policy`);
    expect(dependsOn("intake-mapping")).toContain("intake-receive");
    expect(dependsOn("intake-target")).toEqual(expect.arrayContaining(["intake-policy", "intake-dead-letters-policy"]));
  });

  it("changes a bucket's access one step after the other", () => {
    for (const bucket of buckets) {
      expect(dependsOn(`${bucket}-policy`)).toContain(`${bucket}-private`);
      expect(dependsOn(`${bucket}-owner`)).toContain(`${bucket}-policy`);
    }
  });
});
