import { beforeAll, describe, expect, it } from "vitest";
import { matches } from "../../local/aws/pattern.ts";
import type { Graph } from "../../local/graph.ts";
import { functions, inputsOf, leave, named, ofType, stackGraph, statements, variablesOf } from "./stacks.ts";

let graph: Graph;
beforeAll(async () => {
  graph = await stackGraph("dev", { "darkroom:archive": { afterDays: 30, class: "GLACIER" } });
});

const patternOf = (from: Graph, mapping: string): unknown => {
  const { filterCriteria } = inputsOf(from, mapping) as unknown as {
    filterCriteria: { filters: [{ pattern: string }] };
  };
  return JSON.parse(filterCriteria.filters[0].pattern);
};

/** As DynamoDB writes it when it deletes what has outlived its time. */
const ranOut = {
  eventName: "REMOVE",
  userIdentity: { type: "Service", principalId: "dynamodb.amazonaws.com" },
  dynamodb: {
    Keys: { pk: { S: "remind#1" }, sk: { S: "remind" } },
    OldImage: { pictureId: { S: "1" }, homeRegion: { S: "eu-west-1" }, expiresAt: { N: "1" } },
  },
};
const record = (archive?: object) => ({
  eventName: "MODIFY",
  dynamodb: {
    Keys: { pk: { S: "picture#1" }, sk: { S: "record" } },
    NewImage: {
      status: { S: "published" },
      homeRegion: { S: "eu-west-1" },
      source: { S: "studio" },
      ...(archive && { archive: { M: { turn: { N: "1" }, ...archive } } }),
    },
  },
});
const wanted = record({ restoring: { M: { at: { S: "2026-11-23T12:00:00.000Z" } } } });

describe("the archive", () => {
  it("wakes on reminders that ran out, and on no other removal", () => {
    const pattern = patternOf(graph, "archive-trigger-mapping");
    expect(matches(pattern, ranOut)).toBe(true);
    const { userIdentity: _, ...byHand } = ranOut;
    const attempt = { Keys: { pk: { S: "picture#1" }, sk: { S: "attempt#resize" } } };
    const elsewhere = { OldImage: { ...ranOut.dynamodb.OldImage, homeRegion: { S: "us-east-1" } } };
    for (const other of [
      byHand,
      { ...ranOut, eventName: "MODIFY" },
      { ...ranOut, dynamodb: { ...ranOut.dynamodb, ...attempt } },
      { ...ranOut, dynamodb: { ...ranOut.dynamodb, ...elsewhere } },
      record(),
    ])
      expect(matches(pattern, other)).toBe(false);
  });

  it("brings back on a record that says so, and on S3's word", () => {
    const pattern = patternOf(graph, "restore-trigger-mapping");
    expect([wanted, record(), record({}), ranOut].map((change) => matches(pattern, change))).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect(inputsOf(graph, "archived-events")).toMatchObject({ eventbridge: true });
    expect(JSON.parse(inputsOf(graph, "thawed-rule")["eventPattern"]!)).toEqual({
      source: ["aws.s3"],
      "detail-type": ["Object Restore Completed"],
      detail: { bucket: { name: ["darkroom-dev-archived-bucket"] } },
    });
    expect(inputsOf(graph, "thawed-mapping")).toMatchObject({
      functionName: named(graph, "restore-fn").outputs["arn"],
      functionResponseTypes: ["ReportBatchItemFailures"],
    });
  });

  it("wakes nobody who waits for published pictures, as they were published long before", async () => {
    const sources = [{ name: "studio", kind: "s3", bucket: "studio-raw", writeBack: "web" }];
    const sourced = await stackGraph("dev", { "darkroom:sources": sources });
    const pattern = patternOf(sourced, "write-back-studio-trigger-mapping");
    expect([record(), record({}), wanted].map((change) => matches(pattern, change))).toEqual([true, false, false]);
  });

  it("may put originals there in the class of the settings alone, and nothing where none is named", async () => {
    const put = ofType(graph, "aws:iam/rolePolicy:RolePolicy")
      .flatMap(({ inputs }) => statements(inputs["policy"]))
      .filter(({ Action, Resource }) => Action.includes("s3:PutObject") && String(Resource).includes("archived"));
    expect(put).toMatchObject([{ Condition: { StringEquals: { "s3:x-amz-storage-class": "GLACIER" } } }]);
    const none = await stackGraph("dev");
    expect(leave(none, "archive").filter((line) => /PutObject.*archived/.test(line))).toEqual([]);
  });

  it("tells every actor that ends pictures how long originals stay", async () => {
    const told = (from: Graph) =>
      functions(from).flatMap((fn) => ("KEEPING" in variablesOf(fn) ? [[fn.name, variablesOf(fn)["KEEPING"]]] : []));
    const names = ["moderate", "resize", "compress", "publish", "api", "archive"].map((name) => `${name}-fn`);
    expect(Object.fromEntries(told(graph))).toEqual(
      Object.fromEntries(names.map((name) => [name, '{"publishedDays":30,"rejectedDays":90}'])),
    );
    const none = await stackGraph("dev", { "darkroom:retention": { rejectedDays: 7 } });
    expect(told(none)[0]![1]).toBe('{"publishedDays":null,"rejectedDays":7}');
  });

  it("keeps its bucket as the other originals' are kept, and forgets nothing by itself", () => {
    expect(inputsOf(graph, "archived-versions")["versioningConfiguration"]).toEqual({ status: "Enabled" });
    const rules = inputsOf(graph, "archived-lifecycle")["rules"] as unknown as { id: string }[];
    expect(rules.map(({ id }) => id)).toEqual(["unfinished-uploads", "old-versions"]);
  });
});

describe("what S3 said in vain", () => {
  it("is shown by status and redriven, as every message that was given up", () => {
    const given = ofType(graph, "aws:sqs/queue:Queue").flatMap(({ inputs }) => {
      const { redrivePolicy } = inputs as { redrivePolicy?: string };
      return redrivePolicy === undefined ? [] : [JSON.parse(redrivePolicy).deadLetterTargetArn.split(":").at(-1)];
    });
    const known = JSON.parse(variablesOf(named(graph, "api-fn"))["DEAD_QUEUES"] ?? "[]") as { from: string }[];
    expect(given).toContain("darkroom-dev-thawed-dead-letters-queue");
    expect(known.map(({ from }) => from.split("/").at(-1)).sort()).toEqual(given.sort());
  });
});
