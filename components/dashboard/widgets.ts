import * as pulumi from "@pulumi/pulumi";

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */

type Statistic = "Sum" | "Average" | "Maximum" | "Minimum" | "p50" | "p95";
type Dimensions = Readonly<Record<string, pulumi.Input<string>>>;

/** One line, or number, of a graph. */
export type Line = readonly unknown[];

export interface Graph {
  readonly title: string;
  readonly lines: readonly Line[];
  readonly stat: Statistic;
  /** @default lines over time */
  readonly view?: "singleValue" | "bar";
  readonly stacked?: true;
  /** Of 24. @default 8 */
  readonly width?: number;
  readonly height?: number;
  /** In seconds. @default 300 */
  readonly period?: number;
}

export interface Section {
  readonly title: string;
  readonly says: string;
  /** Without any, the section is left out. */
  readonly graphs: readonly Graph[];
}

export interface Widget {
  readonly type: "text" | "metric" | "alarm";
  readonly width: number;
  readonly height: number;
  readonly properties: object;
}

/** A metric with exactly these dimensions. */
export const line = (
  namespace: string,
  metric: string,
  dimensions: Dimensions,
  look: { readonly label?: pulumi.Input<string>; readonly stat?: Statistic } = {},
): Line => [namespace, metric, ...Object.entries(dimensions).flat(), look];

/** A line for every value that further dimensions ever had: their values are not known before. */
export const lines = (
  namespace: string,
  metric: string,
  dimensions: Readonly<Record<string, string>>,
  further: readonly string[],
  { stat, period }: { readonly stat: Statistic; readonly period: number },
): Line => {
  const schema = [namespace, ...Object.keys(dimensions), ...further].join(",");
  const known = Object.entries(dimensions).map(([name, value]) => `${name}="${value}"`);
  const expression = `SEARCH('{${schema}} MetricName="${metric}" ${known.join(" ")}', '${stat}', ${period})`;
  return [{ expression, label: further.map((name) => `\${PROP('Dim.${name}')}`).join(", ") }];
};

export const heading = (markdown: string, height = 2): Widget => ({
  type: "text",
  width: 24,
  height,
  properties: { markdown, background: "transparent" },
});

export const graph = (
  { title, lines: metrics, stat, view, stacked, width = 8, height = 6, period = 300 }: Graph,
  region: string,
): Widget => ({
  type: "metric",
  width,
  height,
  properties: {
    title,
    region,
    metrics,
    stat,
    period,
    view: view ?? "timeSeries",
    stacked: stacked ?? false,
    // A number is about the whole time that is looked at, not about its last minutes.
    ...(view !== undefined && { setPeriodToTimeRange: true }),
    ...(view === undefined && { yAxis: { left: { min: 0, showUnits: false } } }),
  },
});

export const alarmStates = (title: string, alarms: readonly pulumi.Input<string>[]): Widget => ({
  type: "alarm",
  width: 24,
  // Some eight beside each other.
  height: Math.min(12, 2 + Math.ceil(alarms.length / 8)),
  properties: { title, alarms },
});

/** The body of a dashboard: its widgets beside each other while there is room, then below. */
export function bodyOf(widgets: readonly Widget[]): pulumi.Output<string> {
  let [x, y, below] = [0, 0, 0];
  const placed = widgets.map((widget) => {
    if (x + widget.width > columns) [x, y] = [0, below];
    const place = { x, y };
    x += widget.width;
    below = Math.max(below, y + widget.height);
    return { ...widget, ...place };
  });
  return pulumi.jsonStringify({ start: "-P1D", periodOverride: "inherit", widgets: placed });
}

const columns = 24;
