import { beforeAll, describe, expect, it } from "vitest";
import type { Graph } from "../../local/graph.ts";
import { functions, inputsOf, leave, named, ofType, stackGraph, statements, variablesOf } from "./stacks.ts";

const config = {
  "darkroom:mail": { from: "darkroom@example.com" },
  "darkroom:digest": { to: ["ops@example.com"], at: "07:05 Europe/Berlin" },
  "darkroom:sources": [{ name: "studio", kind: "s3", bucket: "studio-raw", every: "5 minutes" }],
};
const account = "eu-west-1:000000000000";
const arn = `arn:aws:lambda:${account}:function:darkroom-dev-digest-fn`;
let graph: Graph;
beforeAll(async () => {
  graph = await stackGraph("dev", config);
});

describe("the digest", () => {
  it("is there only where the stack mails one", async () => {
    const without = await stackGraph("dev", { "darkroom:mail": config["darkroom:mail"] });
    expect(without.resources.filter(({ name }) => name.startsWith("digest"))).toEqual([]);
    expect(variablesOf(named(without, "api-fn"))["DIGEST_FUNCTION"]).toBe("");
    expect(leave(without, "api").join()).not.toContain("lambda:");
    expect(functions(graph).map(({ name }) => name)).toContain("digest-fn");
  });

  it("is woken each day by the clocks of the place that the settings name", () => {
    const { scheduleExpression, scheduleExpressionTimezone, target } = inputsOf(graph, "digest-schedule");
    expect([scheduleExpression, scheduleExpressionTimezone]).toEqual(["cron(5 7 * * ? *)", "Europe/Berlin"]);
    expect(target).toMatchObject({ arn, input: '{"day":"last"}' });
    expect(inputsOf(graph, "pull-studio-schedule")["scheduleExpressionTimezone"]).toBeUndefined();
  });

  it("may read the catalog's list and how sources stand, say which mails it sent, and mail in one name", () => {
    const table = `arn:aws:dynamodb:${account}:table/darkroom-dev-catalog-table`;
    const letters = "arn:aws:s3:::darkroom-dev-dead-letters-bucket";
    const logs = `arn:aws:logs:${account}:log-group:darkroom-dev-digest-logs:*`;
    const mail = ["identity/darkroom@example.com", "configuration-set/darkroom-dev-mail"].map(
      (name) => `arn:aws:ses:${account}:${name}`,
    );
    expect(leave(graph, "digest")).toEqual(
      [
        `dynamodb:DeleteItem ${table}`,
        `dynamodb:GetItem ${table}`,
        `dynamodb:PutItem ${table}`,
        `dynamodb:Query ${table}`,
        `dynamodb:Query ${table}/index/by-entry`,
        `logs:CreateLogStream ${logs}`,
        `logs:PutLogEvents ${logs}`,
        `s3:ListBucket ${letters}`,
        `s3:PutObject ${letters}/*`,
        `ses:SendEmail ${mail}`,
        "xray:PutTelemetryRecords *",
        "xray:PutTraceSegments *",
      ].sort(),
    );
    const sending = statements(inputsOf(graph, "digest-policy")["policy"]).find(({ Action }) =>
      Action.includes("ses:SendEmail"),
    );
    expect(sending?.Condition).toEqual({ StringEquals: { "ses:FromAddress": "darkroom@example.com" } });
  });

  it("may be woken by the API, which is told which function it is, and by nothing else but its schedule", () => {
    expect(variablesOf(named(graph, "api-fn"))["DIGEST_FUNCTION"]).toBe(arn);
    expect(leave(graph, "api")).toContain(`lambda:InvokeFunction ${arn}`);
    const callers = ofType(graph, "aws:iam/rolePolicy:RolePolicy")
      .filter(({ inputs }) => statements(inputs["policy"]).some(({ Resource }) => [Resource].flat().includes(arn)))
      .map(({ name }) => name);
    expect(callers.sort()).toEqual(["api-policy", "digest-call"]);
  });

  it("draws its chart by the layer with sharp, and keeps a call that failed", () => {
    expect(inputsOf(graph, "digest-fn")["layers"]).toHaveLength(1);
    expect(inputsOf(graph, "digest-calls")).toMatchObject({
      functionName: "darkroom-dev-digest-fn",
      destinationConfig: { onFailure: { destination: "arn:aws:s3:::darkroom-dev-dead-letters-bucket" } },
    });
  });

  it("rings where the stack has alarms", async () => {
    const prod = await stackGraph("prod", config);
    const alarms = ofType(prod, "aws:cloudwatch/metricAlarm:MetricAlarm").map(({ name }) => name);
    expect(alarms.filter((name) => name.startsWith("digest-")).sort()).toEqual([
      "digest-dropped",
      "digest-errors",
      "digest-missed-waiting",
      "digest-not-kept",
      "digest-slow",
      "digest-throttles",
    ]);
  });
});
