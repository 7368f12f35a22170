import { beforeAll, describe, expect, it } from "vitest";
import { envOf } from "../../handlers/env.ts";
import { checkPattern, matches } from "../../local/aws/pattern.ts";
import type { Graph } from "../../local/graph.ts";
import { functions, inputsOf, leave, named, ofType, stackGraph, variablesOf } from "./stacks.ts";

const account = "eu-west-1:000000000000";
const arn = `arn:aws:lambda:${account}:function:darkroom-dev-discover-website-fn`;
const secret = '{"token":"token-of-website","webhookSecret":"a-long-random-text"}';
const config = {
  "darkroom:repositories": [{ name: "website", repo: "example/website", every: "2 hours" }],
  "darkroom:sourceSecrets": { website: secret },
};
let graph: Graph;
beforeAll(async () => {
  graph = await stackGraph("dev", config, ["darkroom:sourceSecrets"]);
});

describe("a repository", () => {
  it("has a function of its own; a stack without one has none", async () => {
    const names = (of: Graph) => functions(of).flatMap(({ name }) => (name.startsWith("discover") ? [name] : []));
    expect(names(graph)).toEqual(["discover-website-fn"]);
    expect(names(await stackGraph("dev"))).toEqual([]);
  });

  it("has exactly the variables that the handler reads, within the 4 KB that AWS takes, with the longest settings", async () => {
    const globs = Array.from({ length: 8 }, (_, index) => `${index}${"a".repeat(180)}`);
    const long = {
      ...config["darkroom:repositories"][0],
      branch: "b".repeat(200),
      folder: "f".repeat(200),
      base: `/${"p".repeat(198)}/`,
      globs,
    };
    const longest = await stackGraph("dev", { ...config, "darkroom:repositories": [long] }, ["darkroom:sourceSecrets"]);
    const fn = functions(longest).find(({ name }) => name === "discover-website-fn")!;
    expect(Object.keys(variablesOf(fn)).sort()).toEqual(Object.keys(envOf.discover).sort());
    expect(Buffer.byteLength(JSON.stringify(variablesOf(fn)))).toBeLessThan(4096);
    await expect(
      stackGraph("dev", { ...config, "darkroom:repositories": [{ ...long, globs: [...globs, "x".repeat(200)] }] }, [
        "darkroom:sourceSecrets",
      ]),
    ).rejects.toThrow("repositories.0.globs: expected at most 1,500 bytes of patterns in all");
  });

  it("keeps its token in Secrets Manager, and nowhere else in the stack", () => {
    expect(inputsOf(graph, "discover-website-value")).toMatchObject({ secretString: secret });
    const others = graph.resources.filter(({ type }) => type !== "aws:secretsmanager/secretVersion:SecretVersion");
    expect(JSON.stringify([others, graph.outputs])).not.toMatch(/token-of-website|a-long-random-text/);
  });

  it("may do exactly this", () => {
    const bucket = (name: string) => `arn:aws:s3:::darkroom-dev-${name}-bucket`;
    const table = `arn:aws:dynamodb:${account}:table/darkroom-dev-catalog-table`;
    expect(new Set(leave(graph, "discover-website"))).toEqual(
      new Set([
        ...["GetItem", "UpdateItem"].map((action) => `dynamodb:${action} ${table}`),
        ...["DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"].map(
          (action) => `dynamodb:${action} ${table}/stream/2000-01-01T00:00:00.000`,
        ),
        ...["CreateLogStream", "PutLogEvents"].map(
          (action) => `logs:${action} arn:aws:logs:${account}:log-group:darkroom-dev-discover-website-logs:*`,
        ),
        `s3:PutObject ${bucket("incoming")}/pulled/website/*`,
        `s3:AbortMultipartUpload ${bucket("incoming")}/pulled/website/*`,
        `s3:GetObject ${bucket("working")}/discover/website.json`,
        `s3:PutObject ${bucket("working")}/discover/website.json`,
        `s3:ListBucket ${bucket("working")}`,
        `s3:ListBucket ${bucket("dead-letters")}`,
        `s3:PutObject ${bucket("dead-letters")}/*`,
        ...["DeleteMessage", "GetQueueAttributes", "ReceiveMessage", "SendMessage"].map(
          (action) => `sqs:${action} arn:aws:sqs:${account}:darkroom-dev-discover-website-calls-queue`,
        ),
        `secretsmanager:GetSecretValue ${named(graph, "discover-website-secret").outputs["arn"]}`,
        "xray:PutTelemetryRecords *",
        "xray:PutTraceSegments *",
      ]),
    );
  });

  it("is looked through by schedule, when GitHub calls by the door, and when one of its pictures comes to an end", () => {
    expect(inputsOf(graph, "discover-website-schedule")).toMatchObject({
      scheduleExpression: "rate(2 hours)",
      target: { arn, input: '{"discover":"website"}' },
    });
    const keys = ofType(graph, "aws:apigatewayv2/route:Route").map(({ inputs }) => inputs["routeKey"]);
    expect(keys.filter((key) => String(key).includes("hooks"))).toEqual(["ANY /hooks/website"]);
    const mapping = inputsOf(graph, "discover-website-trigger-mapping");
    expect(mapping).toMatchObject({ functionName: arn, startingPosition: "LATEST", batchSize: 100 });
    const [{ pattern }] = (mapping["filterCriteria"] as unknown as { filters: [{ pattern: string }] }).filters;
    expect(checkPattern(JSON.parse(pattern))).toEqual([]);
    const change = (image: object) => ({
      eventName: "MODIFY",
      dynamodb: {
        Keys: { sk: { S: "record" } },
        NewImage: { homeRegion: { S: "eu-west-1" }, source: { S: "website" }, status: { S: "published" }, ...image },
      },
    });
    const wakes = (image: object) => matches(JSON.parse(pattern), change(image));
    for (const status of ["published", "rejected", "duplicate", "review"])
      expect(wakes({ status: { S: status } })).toBe(true);
    expect(wakes({ status: { S: "resized" } })).toBe(false);
    expect(wakes({ source: { S: "another" } })).toBe(false);
    expect(wakes({ archive: { M: { turn: { N: "1" } } } })).toBe(false);
  });

  it("has one look at a time wait in its queue, and gives a call up after six tries", () => {
    expect(inputsOf(graph, "discover-website-mapping")).toMatchObject({
      eventSourceArn: `arn:aws:sqs:${account}:darkroom-dev-discover-website-calls-queue`,
      batchSize: 1,
      scalingConfig: { maximumConcurrency: 2 },
    });
    const { visibilityTimeoutSeconds, redrivePolicy } = inputsOf(graph, "discover-website-calls-queue");
    expect(visibilityTimeoutSeconds).toBe(1800);
    expect(JSON.parse(redrivePolicy!)).toMatchObject({ maxReceiveCount: 6 });
  });

  it("rings where the stack has alarms", async () => {
    const prod = await stackGraph("prod", config, ["darkroom:sourceSecrets"]);
    const alarms = ofType(prod, "aws:cloudwatch/metricAlarm:MetricAlarm").map(({ name }) => name);
    expect(alarms.filter((name) => name.startsWith("discover-website-"))).toEqual(
      expect.arrayContaining(["discover-website-failing", "discover-website-needs-person"]),
    );
  });
});
