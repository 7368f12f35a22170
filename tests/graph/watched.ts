import type { Graph, Resource } from "../../local/graph.ts";
import { config } from "./source-stack.ts";
import { ofType, stackGraph } from "./stacks.ts";

/** A stack that has everything that can be had, alarms among it. */
export const wholeStack = (changes: Record<string, unknown> = {}): Promise<Graph> =>
  stackGraph(
    "prod",
    {
      ...config,
      "darkroom:alarms": { enabled: true, email: "ops@example.com" },
      "darkroom:mail": { from: "darkroom@example.com" },
      "darkroom:digest": { to: ["ops@example.com"], at: "07:00 Europe/Berlin" },
      "darkroom:export": { at: "02:00 Europe/Berlin" },
      "darkroom:compression": { kind: "tinify" },
      "darkroom:tinifyKey": "key-of-tinify",
      "darkroom:moderation": { screen: "nsfwjs", escalate: "rekognition" },
      "darkroom:budgets": { tinify: 20, rekognition: 50 },
      ...changes,
    },
    ["darkroom:sourceSecrets", "darkroom:tinifyKey"],
  );

export interface Metric {
  readonly namespace: string;
  readonly name: string;
  /** Names of its dimensions, sorted. */
  readonly dimensions: readonly string[];
  /** Their values, where they are known before. */
  readonly values: Readonly<Record<string, string>>;
}

/** A metric as text, to compare: `Darkroom Spent [Environment, Provider]`. */
export const textOf = ({ namespace, name, dimensions }: Omit<Metric, "values">) =>
  `${namespace} ${name} [${[...dimensions].sort().join(", ")}]`;

const metricOf = (namespace: string, name: string, values: Record<string, string>): Metric => ({
  namespace,
  name,
  dimensions: Object.keys(values).sort(),
  values,
});

export const alarmsOf = (graph: Graph): Resource[] => ofType(graph, "aws:cloudwatch/metricAlarm:MetricAlarm");

export const alarmed = (graph: Graph): Metric[] =>
  alarmsOf(graph).map(({ inputs }) =>
    metricOf(String(inputs["namespace"]), String(inputs["metricName"]), inputs["dimensions"] as Record<string, string>),
  );

export interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly title?: string;
    readonly markdown?: string;
    readonly region?: string;
    readonly alarms?: readonly string[];
    readonly metrics?: readonly (readonly unknown[])[];
  };
}

export function widgetsOf(graph: Graph): readonly Widget[] {
  const [dashboard, ...others] = ofType(graph, "aws:cloudwatch/dashboard:Dashboard");
  if (dashboard === undefined || others.length > 0) throw new Error("Expected one dashboard.");
  return JSON.parse(String(dashboard.inputs["dashboardBody"])).widgets;
}

/** What the dashboard shows, with what its searches look for. */
export const drawn = (graph: Graph): Metric[] =>
  widgetsOf(graph).flatMap(({ properties: { metrics = [] } }) =>
    metrics.map((line) => (typeof line[0] === "string" ? plain(line) : searched(line))),
  );

function plain(line: readonly unknown[]): Metric {
  const [namespace, name, ...rest] = line.filter((part) => typeof part === "string");
  const values: Record<string, string> = {};
  for (let at = 0; at < rest.length; at += 2) values[rest[at]!] = rest[at + 1]!;
  return metricOf(namespace!, name!, values);
}

function searched([search]: readonly unknown[]): Metric {
  const { expression } = search as { expression: string };
  const [, schema, name] =
    /^SEARCH\('\{(.+?)\} MetricName="(\w+)"(?: \w+="[^"]*")*', '\w+', \d+\)$/.exec(expression) ?? [];
  if (schema === undefined || name === undefined) throw new Error(`Expected a search, received ${expression}.`);
  const [namespace, ...dimensions] = schema.split(",");
  return { namespace: namespace!, name, dimensions: dimensions.sort(), values: {} };
}

/** What log metric filters make. */
export const filtered = (graph: Graph): Metric[] =>
  ofType(graph, "aws:cloudwatch/logMetricFilter:LogMetricFilter").map(({ inputs }) => {
    const transformation = inputs["metricTransformation"] as {
      namespace: string;
      name: string;
      dimensions: Record<string, string>;
    };
    return metricOf(transformation.namespace, transformation.name, transformation.dimensions);
  });
