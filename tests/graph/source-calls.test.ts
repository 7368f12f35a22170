import { beforeAll, describe, expect, it } from "vitest";
import { emfMeasure } from "../../handlers/aws/metrics.ts";
import { envOf } from "../../handlers/env.ts";
import { createPull } from "../../handlers/pull.ts";
import { checkPattern } from "../../local/aws/pattern.ts";
import type { Graph } from "../../local/graph.ts";
import { SourceError } from "../../providers/sources/types.ts";
import { memorySource, pulling } from "../fixtures/memory-source.ts";
import { account, config, names } from "./source-stack.ts";
import { functions, inputsOf, leave, ofType, stackGraph, variablesOf } from "./stacks.ts";

let graph: Graph;
beforeAll(async () => {
  graph = await stackGraph("dev", config, ["darkroom:sourceSecrets"]);
});

describe("calls for a look", () => {
  it("come by the door to those whose service calls, and to no other", () => {
    const keys = ofType(graph, "aws:apigatewayv2/route:Route").map(({ inputs }) => inputs["routeKey"]);
    expect(keys.filter((key) => String(key).includes("hooks")).sort()).toEqual([
      "ANY /hooks/campaigns",
      "ANY /hooks/keyless",
    ]);
    const leaves = ofType(graph, "aws:lambda/permission:Permission").map(({ inputs }) => inputs);
    expect(leaves.filter((each) => String(each["function"]).includes("-pull-"))).toMatchObject([
      { function: "darkroom-dev-pull-campaigns-fn", sourceArn: expect.stringMatching(/\/hooks\/campaigns$/) },
      { function: "darkroom-dev-pull-keyless-fn", sourceArn: expect.stringMatching(/\/hooks\/keyless$/) },
    ]);
  });

  it("come from the bucket of an s3 source in this account and Region", () => {
    expect(JSON.parse(inputsOf(graph, "pull-studio-rule")["eventPattern"]!)).toEqual({
      source: ["aws.s3"],
      "detail-type": ["Object Created"],
      detail: { bucket: { name: ["studio-raw"] }, object: { key: [{ prefix: "raw*/" }] } },
    });
    expect(inputsOf(graph, "pull-studio-target")).toEqual({
      rule: "darkroom-dev-pull-studio-rule",
      arn: `arn:aws:sqs:${account}:darkroom-dev-pull-studio-files-queue`,
      input: '{"poll":true}',
      deadLetterConfig: { arn: `arn:aws:sqs:${account}:darkroom-dev-pull-studio-dead-letters-queue` },
    });
  });

  it.each([
    ["with credentials, which is another's", { bucket: "partner" }, true],
    ["in another Region", { bucket: "far", region: "us-east-2" }, false],
    ["of another maker", { bucket: "r2-pictures", endpoint: "https://r2.example.com" }, false],
  ])("do not come from a bucket %s", async (_, more, secret) => {
    const other = await stackGraph(
      "dev",
      {
        "darkroom:sources": [{ name: "other", kind: "s3", ...more }],
        "darkroom:sourceSecrets": secret ? { other: config["darkroom:sourceSecrets"].partner } : {},
      },
      ["darkroom:sourceSecrets"],
    );
    expect(other.resources.filter(({ name }) => name === "pull-other-rule")).toEqual([]);
  });

  it("do not come for results, where a pattern can tell them", async () => {
    const sources = [{ name: "whole", kind: "s3", bucket: "whole", writeBack: "web/out/" }];
    const whole = await stackGraph("dev", { "darkroom:sources": sources });
    const pattern = JSON.parse(inputsOf(whole, "pull-whole-rule")["eventPattern"]!);
    expect(pattern.detail.object).toEqual({ key: [{ "anything-but": { prefix: "web/out/" } }] });
    expect(checkPattern(pattern)).toEqual([]);
  });
});

describe("writing back", () => {
  it("wakes on published pictures of this source alone", () => {
    const { filterCriteria, functionName, startingPosition } = inputsOf(graph, "write-back-studio-trigger-mapping");
    // Where writing back is asked for later, what was published before stays as it is.
    expect(startingPosition).toBe("LATEST");
    expect(functionName).toBe(`arn:aws:lambda:${account}:function:darkroom-dev-write-back-studio-fn`);
    const [{ pattern }] = (filterCriteria as unknown as { filters: [{ pattern: string }] }).filters;
    expect(JSON.parse(pattern)).toEqual({
      eventName: ["INSERT", "MODIFY"],
      dynamodb: {
        Keys: { sk: { S: ["record"] } },
        NewImage: {
          status: { S: ["published"] },
          homeRegion: { S: ["eu-west-1"] },
          source: { S: ["studio"] },
          archive: { M: { turn: { N: [{ exists: false }] } } },
        },
      },
    });
  });

  it("is taken up again by a schedule for what the source refused, which it may look for and strike off", () => {
    expect(inputsOf(graph, "redo-studio-schedule")).toMatchObject({
      scheduleExpression: "rate(15 minutes)",
      target: {
        arn: `arn:aws:lambda:${account}:function:darkroom-dev-write-back-studio-fn`,
        input: '{"catchUp":"studio"}',
      },
    });
    const table = `arn:aws:dynamodb:${account}:table/darkroom-dev-catalog-table`;
    expect(leave(graph, "write-back-studio")).toEqual(
      expect.arrayContaining([`dynamodb:Query ${table}`, `dynamodb:DeleteItem ${table}`]),
    );
  });

  it("gets exactly the variables that the handler reads, and may read results and write below the folder", () => {
    const fn = functions(graph).find(({ name }) => name === "write-back-studio-fn")!;
    expect(Object.keys(variablesOf(fn)).sort()).toEqual(Object.keys(envOf["write-back"]).sort());
    const may = leave(graph, "write-back-studio");
    expect(may).toContain("s3:GetObject arn:aws:s3:::darkroom-dev-published-bucket/*");
    expect(may).toContain("s3:PutObject arn:aws:s3:::studio-raw/web/*");
    expect(may.filter((each) => /DeleteObject|incoming|working|quarantine/.test(each))).toEqual([]);
  });
});

describe("alarms of a source", () => {
  it("ring by measurements that their functions write, under the very same dimensions", async () => {
    const prod = await stackGraph("prod", config, ["darkroom:sourceSecrets"]);
    const alarms = ofType(prod, "aws:cloudwatch/metricAlarm:MetricAlarm")
      .map(({ inputs }) => inputs)
      .filter(({ dimensions }) => Object.hasOwn(dimensions as object, "Source"));
    expect(alarms).toHaveLength(2 * names.length);
    const lines: string[] = [];
    const env = variablesOf(functions(prod).find(({ name }) => name === "pull-studio-fn")!);
    const { deps } = pulling({
      ...memorySource(),
      changes: () => Promise.reject(new SourceError("studio", "AUTH", "authorise it again")),
    });
    const dimensions = { Environment: env["ENVIRONMENT"]!, Source: JSON.parse(env["SOURCE"]!).name };
    const measure = emfMeasure(dimensions, (line) => lines.push(line));
    await createPull({ ...deps, measure })(() => 300_000);
    const [said] = lines.map((line) => JSON.parse(line));
    const [{ Namespace, Dimensions, Metrics }] = said._aws.CloudWatchMetrics;
    for (const { namespace, metricName, dimensions } of alarms.filter(({ alarmDescription }) =>
      String(alarmDescription).includes("source studio"),
    )) {
      expect(namespace).toBe(Namespace);
      expect(Metrics.map(({ Name }: { Name: string }) => Name)).toContain(metricName);
      expect(Dimensions).toEqual([Object.keys(dimensions as object)]);
      expect(said).toMatchObject(dimensions as object);
      expect(said[String(metricName)]).toEqual(expect.any(Number));
    }
  });
});
