import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { runbooks } from "../../components/alarms.ts";
import type { Graph, Resource } from "../../local/graph.ts";
import { functions, inputsOf, ofType } from "./stacks.ts";
import { alarmsOf, wholeStack } from "./watched.ts";

let graph: Graph;
beforeAll(async () => {
  graph = await wholeStack();
});

const composites = () => ofType(graph, "aws:cloudwatch/compositeAlarm:CompositeAlarm");
/** Metrics by which a thing of the stack has alarms. */
const metricsOf = (dimension: string, value: unknown) =>
  alarmsOf(graph)
    .filter(({ inputs }) => (inputs["dimensions"] as Record<string, unknown>)[dimension] === value)
    .map(({ inputs }) => inputs["metricName"]);
const mappings = () => ofType(graph, "aws:lambda/eventSourceMapping:EventSourceMapping");
const functionOf = ({ inputs }: Resource) => String(inputs["functionName"]).split(":").at(-1);

describe("every part of the stack has its alarms", () => {
  it("a function: for errors, throttles and its time", () => {
    expect(functions(graph).length).toBeGreaterThan(10);
    for (const { name, outputs } of functions(graph))
      expect(metricsOf("FunctionName", outputs["name"]), name).toEqual(
        expect.arrayContaining(["Errors", "Throttles", "Duration"]),
      );
  });

  it("a queue: for its oldest message when it is worked on, or else for whatever lies in it", () => {
    for (const { name, inputs, outputs } of ofType(graph, "aws:sqs/queue:Queue"))
      expect(metricsOf("QueueName", outputs["name"]), name).toEqual([
        inputs["redrivePolicy"] === undefined ? "ApproximateNumberOfMessagesVisible" : "ApproximateAgeOfOldestMessage",
      ]);
  });

  it("a mapping of a stream: for its age, for what it put aside, and for what it could not put aside", () => {
    const streams = mappings().filter(({ inputs }) => inputs["startingPosition"] !== undefined);
    expect(streams.length).toBeGreaterThan(5);
    for (const mapping of streams) {
      expect(mapping.inputs["metricsConfig"], mapping.name).toEqual({ metrics: ["EventCount"] });
      expect(metricsOf("EventSourceMappingUUID", mapping.outputs["uuid"]), mapping.name).toEqual([
        "OnFailureDestinationDeliveredEventCount",
      ]);
      const ofFunction = metricsOf("FunctionName", functionOf(mapping));
      expect(ofFunction, mapping.name).toContain("DestinationDeliveryFailures");
      const ages = alarmsOf(graph)
        .map(({ inputs }) => inputs)
        .filter(({ metricName, dimensions }) => {
          const { FunctionName } = dimensions as Record<string, unknown>;
          return metricName === "IteratorAge" && FunctionName === functionOf(mapping);
        })
        .map(({ threshold }) => Number(threshold));
      const most = Number(mapping.inputs["maximumRecordAgeInSeconds"]) * 1000;
      expect(ages.sort((a, b) => a - b)).toEqual([600_000, most / 2]);
    }
  });

  it("what is called without anybody waiting: for calls that were given up, and for what was not kept of them", () => {
    for (const { inputs, name } of ofType(graph, "aws:scheduler/schedule:Schedule")) {
      const { arn } = inputs["target"] as { arn: string };
      expect(metricsOf("FunctionName", arn.split(":").at(-1)), name).toContain("AsyncEventsDropped");
    }
    const invoked = ofType(graph, "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig");
    expect(invoked.length).toBeGreaterThan(0);
    for (const { inputs, name } of invoked)
      expect(metricsOf("FunctionName", inputs["functionName"]), name).toEqual(
        expect.arrayContaining(["AsyncEventsDropped", "DestinationDeliveryFailures"]),
      );
  });
});

it("every alarm tells the topic, when it rings and when it stops", () => {
  const topic = "arn:aws:sns:eu-west-1:000000000000:darkroom-prod-alarms-topic";
  for (const { inputs, name } of [...alarmsOf(graph), ...composites()])
    expect(inputs, name).toMatchObject({ alarmActions: [topic], okActions: [topic] });
});

describe("the pipeline is stuck", () => {
  it("when changes or uploads wait: any of the chain's, and none of a source's own or of the archive's", () => {
    const [stuck, ...others] = composites();
    expect(others).toEqual([]);
    const named = [...String(stuck!.inputs["alarmRule"]).matchAll(/ALARM\("([^"]+)"\)/g)].map(([, name]) => name);
    const standing = alarmsOf(graph)
      .filter(({ name }) => !/^(pull|write-back|redo|archive|restore|thawed)-/.test(name))
      .filter(({ inputs }) =>
        ["IteratorAge", "ApproximateAgeOfOldestMessage", "Stuck"].includes(String(inputs["metricName"])),
      );
    expect([...named].sort()).toEqual(standing.map(({ outputs }) => outputs["name"]).sort());
    expect(String(stuck!.inputs["alarmRule"])).toBe(named.map((name) => `ALARM("${name}")`).join(" OR "));
    expect(named).toEqual(
      expect.arrayContaining(["darkroom-prod-intake-old", "darkroom-prod-moderate-trigger-behind"]),
    );
  });

  it("is on the dashboard before all others", () => {
    expect(inputsOf(graph, "overview-dashboard")["dashboardBody"]).toContain(
      `"alarms":["arn:aws:cloudwatch:eu-west-1:000000000000:alarm:darkroom-prod-pipeline-stuck"`,
    );
  });
});

describe("run-books", () => {
  const folder = resolve(import.meta.dirname, "../../docs/runbooks");
  const descriptions = (of: Graph) =>
    [...alarmsOf(of), ...ofType(of, "aws:cloudwatch/compositeAlarm:CompositeAlarm")].map(({ inputs }) =>
      String(inputs["alarmDescription"]),
    );
  const pageOf = (description: string) => /\. docs\/runbooks\/([a-z-]+)\.md$/.exec(description)?.[1];

  it("are named at the end of every alarm's description, each by some", () => {
    const named = descriptions(graph).map(pageOf);
    expect(named).not.toContain(undefined);
    expect([...new Set(named)].sort()).toEqual(runbooks);
  });

  it("are pages that are there, and no page is without an alarm", () => {
    const pages = readdirSync(folder).filter((file) => file !== "README.md");
    expect(pages.sort()).toEqual(runbooks.map((name) => `${name}.md`));
    const list = readFileSync(resolve(folder, "README.md"), "utf8");
    for (const page of pages) expect(list).toContain(`(${page})`);
  });

  it("are linked to where the stack says that they can be read", async () => {
    const runbooks = "https://example.com/docs/runbooks/";
    const linked = await wholeStack({ "darkroom:alarms": { enabled: true, email: "ops@example.com", runbooks } });
    expect(descriptions(linked)).toEqual(
      descriptions(graph).map((said) => said.replace("docs/runbooks/", "https://example.com/docs/runbooks/")),
    );
  });
});
