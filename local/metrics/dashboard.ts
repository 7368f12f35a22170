import { isStatistic } from "./bucket.ts";
import type { Dimensions, MetricId } from "./types.ts";

/** One line, bar or number of a widget. */
export interface Line {
  /** How formulas call it. */
  readonly id?: string;
  readonly label?: string;
  /** False for what only serves a formula. */
  readonly visible: boolean;
  readonly source: (MetricId & { readonly statistic: string }) | { readonly formula: string };
}

export type View = "lines" | "stack" | "numbers" | "bars" | "table";

interface Placed {
  /** Columns of 24. */
  readonly width: number;
  readonly title: string;
}
export interface TextWidget extends Placed {
  readonly kind: "text";
  readonly markdown: string;
}
export interface AlarmsWidget extends Placed {
  readonly kind: "alarms";
  /** ARNs. */
  readonly alarms: readonly string[];
}
export interface MetricsWidget extends Placed {
  readonly kind: "metrics";
  readonly view: View;
  readonly lines: readonly Line[];
  readonly periodMs: number;
  /** Numbers are of all the time shown, not of the latest period. */
  readonly wholeRange: boolean;
  readonly thresholds: readonly { readonly label: string; readonly value: number }[];
}
export interface OtherWidget extends Placed {
  readonly kind: "other";
  readonly why: string;
}
export type Widget = TextWidget | AlarmsWidget | MetricsWidget | OtherWidget;

/** Widgets that stand beside each other. */
export type Row = readonly Widget[];

/**
 * A dashboard's body as rows, from the top; what this page cannot draw says so in its place.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 * @throws SyntaxError for what is no JSON.
 */
export function readDashboard(body: string): readonly Row[] {
  const { widgets = [] } = JSON.parse(body) as { widgets?: readonly WidgetJson[] };
  const rows = new Map<number, WidgetJson[]>();
  for (const widget of widgets) rows.set(widget.y ?? 0, [...(rows.get(widget.y ?? 0) ?? []), widget]);
  return [...rows]
    .sort(([a], [b]) => a - b)
    .map(([, row]) => row.sort((a, b) => (a.x ?? 0) - (b.x ?? 0)).map(widgetOf));
}

interface WidgetJson {
  readonly type?: string;
  readonly x?: number;
  readonly y?: number;
  readonly width?: number;
  readonly properties?: {
    readonly title?: string;
    readonly markdown?: string;
    readonly alarms?: readonly string[];
    readonly metrics?: readonly (readonly unknown[])[];
    readonly view?: string;
    readonly stacked?: boolean;
    readonly stat?: string;
    readonly period?: number;
    readonly setPeriodToTimeRange?: boolean;
    readonly annotations?: {
      readonly horizontal?: readonly ({ readonly label?: string; readonly value?: number } | readonly unknown[])[];
    };
  };
}

function widgetOf({ type, width = 6, properties = {} }: WidgetJson): Widget {
  const placed = { width, title: properties.title ?? "" };
  const other = (why: string): Widget => ({ ...placed, kind: "other", why });
  if (type === "text") return { ...placed, kind: "text", markdown: properties.markdown ?? "" };
  if (type === "alarm") return { ...placed, kind: "alarms", alarms: properties.alarms ?? [] };
  if (type !== "metric") return other(`The laptop host draws no widget of the type ${type}.`);
  const { view = "timeSeries", stacked = false, stat = "Average", period = 300 } = properties;
  const lines = readLines(properties.metrics ?? [], stat);
  const odd = lines.flatMap(({ source }) =>
    "statistic" in source && !isStatistic(source.statistic) ? source.statistic : [],
  );
  if (odd.length > 0) return other(`The laptop host knows no statistic ${odd.join(", ")}.`);
  return {
    ...placed,
    kind: "metrics",
    view: view === "timeSeries" ? (stacked ? "stack" : "lines") : (views[view] ?? "table"),
    lines,
    periodMs: period * 1000,
    wholeRange: properties.setPeriodToTimeRange ?? false,
    thresholds: (properties.annotations?.horizontal ?? []).flatMap((each) =>
      "value" in each && typeof each.value === "number" ? [{ label: each.label ?? "", value: each.value }] : [],
    ),
  };
}

const views: Readonly<Record<string, View>> = {
  singleValue: "numbers",
  gauge: "numbers",
  bar: "bars",
  pie: "bars",
  table: "table",
};

interface Rendering {
  readonly expression?: string;
  readonly id?: string;
  readonly label?: string;
  readonly stat?: string;
  readonly visible?: boolean;
}

/** Each metric is its namespace, name and dimensions; "." repeats what stands above, "..." all of that. */
function readLines(metrics: readonly (readonly unknown[])[], stat: string): readonly Line[] {
  let above: readonly string[] = [];
  return metrics.map((metric) => {
    const last = metric.at(-1);
    const rendering: Rendering = typeof last === "object" && last !== null ? last : {};
    const { id, label, visible = true, expression } = rendering;
    if (expression !== undefined) return { id, label, visible, source: { formula: expression } };
    const given = metric.filter((part) => typeof part === "string");
    const rest = given.slice(1);
    const all = given[0] === "..." ? [...above.slice(0, above.length - rest.length), ...rest] : given;
    above = all.map((part, index) => (part === "." ? (above[index] ?? "") : part));
    const [namespace = "", name = "", ...pairs] = above;
    const statistic = rendering.stat ?? stat;
    return { id, label, visible, source: { namespace, name, dimensions: dimensionsOf(pairs), statistic } };
  });
}

function dimensionsOf(pairs: readonly string[]): Dimensions {
  const names = pairs.filter((_, index) => index % 2 === 0);
  return Object.fromEntries(names.map((name, index) => [name, pairs[index * 2 + 1] ?? ""]));
}
