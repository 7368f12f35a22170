import { beforeAll, describe, expect, it } from "vitest";
import { pictures, renditions } from "../../handlers/export/columns.ts";
import { partKey } from "../../handlers/export/keys.ts";
import { parquetSchema } from "../../handlers/export/types.ts";
import type { Graph } from "../../local/graph.ts";
import { functions, inputsOf, leave, named, ofType, stackGraph, statements, variablesOf } from "./stacks.ts";

const config = { "darkroom:export": { at: "04:00 Europe/Berlin" } };
const account = "eu-west-1:000000000000";
const arn = `arn:aws:lambda:${account}:function:darkroom-dev-export-fn`;
const bucket = "arn:aws:s3:::darkroom-dev-exports-bucket";
let graph: Graph;
beforeAll(async () => {
  graph = await stackGraph("dev", config);
});

interface GlueTable {
  readonly name: string;
  readonly databaseName: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly partitionKeys: readonly { readonly name: string; readonly type: string }[];
  readonly storageDescriptor: {
    readonly location: string;
    readonly columns: readonly { readonly name: string; readonly type: string }[];
  };
}
const tableOf = (name: string) => inputsOf(graph, `export-athena-${name}`) as unknown as GlueTable;

describe("the export", () => {
  it("is there only where the stack exports", async () => {
    const without = await stackGraph("dev");
    expect(without.resources.filter(({ name }) => name.startsWith("export"))).toEqual([]);
    expect(variablesOf(named(without, "api-fn"))["EXPORT"]).toBe("null");
    expect(functions(graph).map(({ name }) => name)).toContain("export-fn");
  });

  it("is woken each day by the clocks of the place that the settings name, about 35 days unless they say otherwise", () => {
    const { scheduleExpression, scheduleExpressionTimezone, target } = inputsOf(graph, "export-schedule");
    expect([scheduleExpression, scheduleExpressionTimezone]).toEqual(["cron(0 4 * * ? *)", "Europe/Berlin"]);
    expect(target).toMatchObject({ arn, input: "{}" });
    expect(JSON.parse(variablesOf(named(graph, "export-fn"))["EXPORT"]!)).toMatchObject({ days: 35 });
  });

  it("may read the catalog's list and its marks, write its own files, and nothing else", () => {
    const table = `arn:aws:dynamodb:${account}:table/darkroom-dev-catalog-table`;
    const letters = "arn:aws:s3:::darkroom-dev-dead-letters-bucket";
    const logs = `arn:aws:logs:${account}:log-group:darkroom-dev-export-logs:*`;
    expect(leave(graph, "export")).toEqual(
      [
        `dynamodb:DeleteItem ${table}`,
        `dynamodb:Query ${table}`,
        `dynamodb:Query ${table}/index/by-entry`,
        `logs:CreateLogStream ${logs}`,
        `logs:PutLogEvents ${logs}`,
        `s3:AbortMultipartUpload ${bucket}/pictures/*`,
        `s3:AbortMultipartUpload ${bucket}/renditions/*`,
        `s3:ListBucket ${letters}`,
        `s3:PutObject ${bucket}/asked/*`,
        `s3:PutObject ${bucket}/pictures/*`,
        `s3:PutObject ${bucket}/renditions/*`,
        `s3:PutObject ${letters}/*`,
        "xray:PutTelemetryRecords *",
        "xray:PutTraceSegments *",
      ].sort(),
    );
  });

  it("may be asked for by the API, which hands out its files and writes none of them", () => {
    expect(JSON.parse(variablesOf(named(graph, "api-fn"))["EXPORT"]!)).toEqual({
      function: arn,
      bucket: "darkroom-dev-exports-bucket",
      region: "eu-west-1",
      database: "darkroom_dev",
      workgroup: "darkroom-dev-export-athena-workgroup",
    });
    expect(leave(graph, "api").filter((line) => line.includes(bucket) || line.includes(arn))).toEqual([
      `lambda:InvokeFunction ${arn}`,
      `s3:GetObject ${bucket}/asked/*`,
      `s3:GetObject ${bucket}/pictures/*`,
      `s3:GetObject ${bucket}/renditions/*`,
      `s3:ListBucket ${bucket}`,
      `s3:PutObject ${bucket}/asked/*`,
    ]);
    const callers = ofType(graph, "aws:iam/rolePolicy:RolePolicy")
      .filter(({ inputs }) => statements(inputs["policy"]).some(({ Resource }) => [Resource].flat().includes(arn)))
      .map(({ name }) => name);
    expect(callers.sort()).toEqual(["api-policy", "export-call"]);
  });

  it("keeps a call that failed, and rings where the stack has alarms", async () => {
    expect(inputsOf(graph, "export-calls")).toMatchObject({
      functionName: "darkroom-dev-export-fn",
      destinationConfig: { onFailure: { destination: "arn:aws:s3:::darkroom-dev-dead-letters-bucket" } },
    });
    const prod = await stackGraph("prod", config);
    const alarms = ofType(prod, "aws:cloudwatch/metricAlarm:MetricAlarm").map(({ name }) => name);
    expect(alarms.filter((name) => name.startsWith("export-")).sort()).toEqual([
      "export-dropped",
      "export-errors",
      "export-missed-waiting",
      "export-not-kept",
      "export-slow",
      "export-throttles",
    ]);
  });
});

describe.each([pictures, renditions])("Athena's table of $name", ({ name, columns }) => {
  const athena: Readonly<Record<string, string>> = {
    "BYTE_ARRAY UTF8": "string",
    "INT64 undefined": "bigint",
    "DOUBLE undefined": "double",
    "INT64 TIMESTAMP_MILLIS": "timestamp",
    "BOOLEAN undefined": "boolean",
  };

  it("has the columns of the Parquet files, in their order and types", () => {
    const [, ...schema] = parquetSchema(columns as never);
    expect(tableOf(name).storageDescriptor.columns.map((column) => [column.name, column.type])).toEqual(
      schema.map((element) => [element.name, athena[`${element.type} ${element.converted_type}`]]),
    );
  });

  it("finds each day's file by itself, without a crawler", () => {
    const { parameters, partitionKeys, storageDescriptor, databaseName } = tableOf(name);
    expect(databaseName).toBe("darkroom_dev");
    expect(partitionKeys).toMatchObject([{ name: "day", type: "date" }]);
    expect(storageDescriptor.location).toBe(`s3://darkroom-dev-exports-bucket/${name}/`);
    expect(parameters).toMatchObject({
      "projection.enabled": "true",
      "projection.day.type": "date",
      "projection.day.format": "yyyy-MM-dd",
      "projection.day.range": "2026-01-01,NOW",
    });
    const folder = parameters["storage.location.template"]!.replace(`\${day}`, "2026-11-23");
    expect(`s3://darkroom-dev-exports-bucket/${partKey(name, "2026-11-23")}`).toMatch(folder);
    // The partition is in the keys alone: Athena refuses a table that has it twice.
    expect(columns.map((column) => column.name)).not.toContain("day");
  });
});

describe("Athena's workgroup", () => {
  it("says itself where results go, encrypted, and how much a query may read", () => {
    const { configuration } = inputsOf(graph, "export-athena-workgroup");
    expect(configuration).toMatchObject({
      enforceWorkgroupConfiguration: true,
      bytesScannedCutoffPerQuery: 10 * 1024 ** 3,
      resultConfiguration: {
        outputLocation: "s3://darkroom-dev-exports-bucket/results/",
        encryptionConfiguration: { encryptionOption: "SSE_S3" },
      },
    });
  });

  it("leaves its results for a week; what was exported stays", () => {
    const rules = inputsOf(graph, "exports-lifecycle")["rules"] as unknown as readonly {
      readonly filter: { readonly prefix?: string };
      readonly expiration?: { readonly days: number };
    }[];
    const expiring = rules.filter(({ expiration }) => expiration !== undefined);
    expect(expiring.map(({ filter, expiration }) => [filter.prefix, expiration?.days])).toEqual([
      ["results/", 7],
      ["asked/", 7],
    ]);
  });
});
