import { beforeAll, describe, expect, it } from "vitest";
import { matches } from "../../local/aws/pattern.ts";
import type { Graph } from "../../local/graph.ts";
import { inputsOf, leave, named, stackGraph, statements, variablesOf } from "./stacks.ts";

const example = {
  name: "dominant-colour",
  code: "docs/examples/dominant-colour",
  runtime: "python3.13",
  handler: "handler.handle",
  on: "published",
};
const reader = {
  ...example,
  name: "reader",
  on: "resized",
  reads: ["resized", "published"],
  timeout: 120,
  memory: 1024,
  architecture: "x86_64",
  environment: { TONE: "warm" },
};
const table = "arn:aws:dynamodb:eu-west-1:000000000000:table/darkroom-dev-catalog-table";

describe("actors of the stack's own", () => {
  let graph: Graph;
  beforeAll(async () => {
    graph = await stackGraph("dev", {
      "darkroom:actors": [example, reader],
      "darkroom:alarms": { enabled: true },
    });
  });
  const filter = (name: string) => {
    const { filterCriteria } = inputsOf(graph, `${name}-trigger-mapping`) as never as {
      filterCriteria: { filters: [{ pattern: string }] };
    };
    expect(filterCriteria.filters).toHaveLength(1);
    return JSON.parse(filterCriteria.filters[0].pattern) as object;
  };

  it("are functions of their own runtime, folder and size, traced, with a log that ends", () => {
    expect(inputsOf(graph, "custom-reader-fn")).toMatchObject({
      runtime: "python3.13",
      handler: "handler.handle",
      architectures: ["x86_64"],
      timeout: 120,
      memorySize: 1024,
      code: { path: expect.stringMatching(/docs\/examples\/dominant-colour$/) },
      tracingConfig: { mode: "Active" },
      loggingConfig: { logFormat: "JSON" },
    });
    expect(inputsOf(graph, "custom-reader-logs")).toMatchObject({ retentionInDays: 30 });
    expect(variablesOf(named(graph, "custom-dominant-colour-fn"))).toEqual({
      CATALOG_TABLE: "darkroom-dev-catalog-table",
      ENVIRONMENT: "dev",
      ATTRIBUTE: "x-dominant-colour",
    });
    expect(variablesOf(named(graph, "custom-reader-fn"))).toMatchObject({
      TONE: "warm",
      WORKING_BUCKET: "darkroom-dev-working-bucket",
      PUBLISHED_BUCKET: "darkroom-dev-published-bucket",
    });
  });

  it("may write one attribute of pictures' records, and read what they ask for, and no more", () => {
    const own = (name: string) =>
      leave(graph, name).filter((line) => !/logs:|xray:|Stream|ShardIterator|GetRecords|dead-letters/.test(line));
    expect(own("custom-dominant-colour")).toEqual([`dynamodb:GetItem ${table}`, `dynamodb:UpdateItem ${table}`]);
    expect(own("custom-reader")).toEqual([
      `dynamodb:GetItem ${table}`,
      `dynamodb:UpdateItem ${table}`,
      "s3:GetObject arn:aws:s3:::darkroom-dev-published-bucket/*",
      "s3:GetObject arn:aws:s3:::darkroom-dev-working-bucket/resized/*",
    ]);
    const { policy } = inputsOf(graph, "custom-reader-policy");
    const conditions = statements(policy).filter(({ Action }) =>
      Action.some((action) => action.startsWith("dynamodb")),
    );
    expect(conditions.map(({ Condition }) => Condition)).toEqual([
      { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["picture#*"] } },
      {
        "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["picture#*"] },
        "ForAllValues:StringEquals": { "dynamodb:Attributes": ["pk", "sk", "x-reader"] },
      },
    ]);
  });

  it("wake when a picture at home here reaches the status, and not when anything else of it changes", () => {
    const image = (status: string, more: object = {}) => ({
      status: { S: status },
      homeRegion: { S: "eu-west-1" },
      ...more,
    });
    const change = (eventName: string, OldImage: object | undefined, NewImage: object, sk = "record") => ({
      eventName,
      dynamodb: { Keys: { sk: { S: sk } }, NewImage, ...(OldImage && { OldImage }) },
    });
    const pattern = filter("custom-reader");
    const mine = { "x-reader": { M: { of: { S: "any type" } } } };
    expect(matches(pattern, change("MODIFY", image("accepted"), image("resized")))).toBe(true);
    expect(matches(pattern, change("INSERT", undefined, image("resized")))).toBe(true);
    expect(matches(pattern, change("MODIFY", image("resized"), image("resized", mine)))).toBe(false);
    expect(matches(pattern, change("MODIFY", image("resized"), image("resized", { woken: { N: "1" } })))).toBe(false);
    expect(matches(pattern, change("MODIFY", image("resized"), image("compressed")))).toBe(false);
    expect(matches(pattern, change("MODIFY", image("accepted"), image("resized"), "attempt#resize"))).toBe(false);
    const away = { ...image("resized"), homeRegion: { S: "us-east-1" } };
    expect(matches(pattern, change("MODIFY", image("accepted"), away))).toBe(false);
  });

  it.each(["streams", "sns"])("are given again by redrive what they gave up, chained by %s", async (chaining) => {
    const chained = await stackGraph("dev", {
      "darkroom:actors": [example, reader],
      "darkroom:chaining": chaining,
    });
    const names = ["dominant-colour", "reader"];
    const fn = (name: string) => `darkroom-dev-custom-${name}-fn`;
    expect(JSON.parse(variablesOf(named(chained, "api-fn"))["OWN_ACTORS"]!)).toEqual(
      names.map((name) => ({ name, function: fn(name) })),
    );
    expect(leave(chained, "api").filter((line) => line.startsWith("lambda:"))).toEqual(
      names.map((name) => `lambda:InvokeFunction arn:aws:lambda:eu-west-1:000000000000:function:${fn(name)}`),
    );
    for (const name of names) {
      // Whichever way the chain is woken, they read the stream, whose mapping keeps whole changes.
      expect(inputsOf(chained, `custom-${name}-trigger-mapping`)["eventSourceArn"]).toContain("/stream/");
      expect(inputsOf(chained, `custom-${name}-calls`)).toMatchObject({
        functionName: fn(name),
        maximumRetryAttempts: 2,
        destinationConfig: { onFailure: { destination: "arn:aws:s3:::darkroom-dev-dead-letters-bucket" } },
      });
    }
  });

  it("are handed one picture at a time, and what they give up is kept and rings", () => {
    expect(inputsOf(graph, "custom-reader-trigger-mapping")).toMatchObject({
      batchSize: 1,
      startingPosition: "LATEST",
      functionResponseTypes: ["ReportBatchItemFailures"],
      maximumRetryAttempts: 5,
      destinationConfig: { onFailure: { destinationArn: "arn:aws:s3:::darkroom-dev-dead-letters-bucket" } },
    });
    for (const alarm of ["errors", "throttles", "slow"])
      expect(inputsOf(graph, `custom-reader-${alarm}`)).toMatchObject({ namespace: "AWS/Lambda" });
    for (const alarm of ["behind", "expiring", "not-kept", "dead-letters"])
      expect(inputsOf(graph, `custom-reader-trigger-${alarm}`)).toMatchObject({ namespace: "AWS/Lambda" });
  });
});
