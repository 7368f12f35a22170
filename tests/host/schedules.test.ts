import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { createAuthorizer } from "../../local/aws/iam.ts";
import type { Graph, Resource } from "../../local/graph.ts";
import { startSchedules } from "../../local/wiring/schedules.ts";
import { stackGraph } from "../graph/stacks.ts";

const arn = "arn:aws:lambda:eu-west-1:000000000000:function:darkroom-dev-pull-studio-fn";
let graph: Graph;
beforeAll(async () => {
  const whole = await stackGraph("dev", {
    "darkroom:sources": [{ name: "studio", kind: "s3", bucket: "studio-raw", every: "5 minutes" }],
  });
  // One alone, so that each call is its.
  graph = { ...whole, resources: whole.resources.filter(({ name }) => name !== "reconcile-schedule") };
});
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function start(of: Graph = graph) {
  const sent: [string, unknown][] = [];
  const said: string[] = [];
  const schedules = startSchedules(of, {
    authorize: createAuthorizer(),
    send: (...event) => void sent.push(event),
    warn: (line) => void said.push(line),
  });
  return { sent, said, ...schedules };
}

/** The graph with other inputs of one resource. */
const altered = (name: string, change: (inputs: Resource["inputs"]) => object): Graph => ({
  ...graph,
  resources: graph.resources.map((resource) =>
    resource.custom && resource.name === name
      ? { ...resource, inputs: { ...resource.inputs, ...change(resource.inputs) } }
      : resource,
  ),
});

describe("schedules on this machine", () => {
  it("call their function soon after the start, and then at their rate, until the host closes", () => {
    const { sent, said, close } = start();
    expect(sent).toEqual([]);
    vi.advanceTimersByTime(3000);
    expect(sent).toEqual([[arn, { poll: "studio" }]]);
    vi.advanceTimersByTime(10 * 60_000);
    expect(sent).toHaveLength(3);
    close();
    vi.advanceTimersByTime(60 * 60_000);
    expect(sent).toHaveLength(3);
    expect(said).toEqual([]);
  });

  it("call at a time of day by the clocks of its zone, once where those are put back, whatever the machine's are", () => {
    vi.setSystemTime("2026-10-24T12:00:00Z");
    const { sent } = start(
      altered("pull-studio-schedule", () => ({
        scheduleExpression: "cron(30 2 * * ? *)",
        scheduleExpressionTimezone: "Europe/Berlin",
      })),
    );
    const calls = () => sent.length;
    vi.advanceTimersByTime(12.4 * 3600_000);
    expect([new Date().toISOString(), calls()]).toEqual(["2026-10-25T00:24:00.000Z", 0]);
    vi.advanceTimersByTime(7 * 60_000);
    expect(calls()).toBe(1);
    // Half past two comes again an hour later.
    vi.advanceTimersByTime(2 * 3600_000);
    expect(calls()).toBe(1);
    vi.advanceTimersByTime(23 * 3600_000);
    expect([new Date().toISOString(), calls()]).toEqual(["2026-10-26T01:31:00.000Z", 2]);
  });

  it("are still where they are disabled", () => {
    const { sent } = start(altered("pull-studio-schedule", () => ({ state: "DISABLED" })));
    vi.advanceTimersByTime(60 * 60_000);
    expect(sent).toEqual([]);
  });

  it("do not reach a function that their role may not call, and say so", () => {
    const other = (inputs: Resource["inputs"]) => ({ policy: String(inputs["policy"]).replace("pull-studio", "api") });
    const { sent, said } = start(altered("pull-studio-call", other));
    vi.advanceTimersByTime(3000);
    expect(sent).toEqual([]);
    expect(said).toEqual([
      expect.stringMatching(/^schedule pull-studio-schedule: .*not authorized to perform: lambda:InvokeFunction/),
    ]);
  });

  it.each([
    ["another service's", "scheduler.amazonaws.com", "events.amazonaws.com"],
    ["another group's", "schedule-group/darkroom-dev-pull-studio-group", "schedule-group/default"],
  ])("are refused a role that is %s, as AWS would", (_, from, to) => {
    const trust = (inputs: Resource["inputs"]) => ({
      assumeRolePolicy: String(inputs["assumeRolePolicy"]).replace(from, to),
    });
    expect(() => start(altered("pull-studio-caller", trust))).toThrow(/SCHEDULE_DENIED.*sts:AssumeRole/);
  });

  it("name an expression that this host cannot keep", () => {
    for (const expression of [
      "cron(0 7 ? * MON *)",
      "cron(0 24 * * ? *)",
      "at(2026-11-23T07:00:00)",
      "rate(600 hours)",
      "rate(0 minutes)",
    ])
      expect(() => start(altered("pull-studio-schedule", () => ({ scheduleExpression: expression })))).toThrow(
        `received ${expression}`,
      );
  });
});
