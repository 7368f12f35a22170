import type { MetricsWidget } from "./dashboard.ts";
import { colors } from "./page/chart.ts";
import type { Metric } from "./types.ts";

/** A group of panels under one heading. */
export interface Group {
  readonly title: string;
  readonly widgets: readonly MetricsWidget[];
}

/** One panel for each metric and kind of dimensions, grouped by namespace: what a page shows of whatever was measured. */
export function panelsOf(metrics: readonly Metric[]): readonly Group[] {
  const namespaces = Map.groupBy(metrics, ({ namespace }) => namespace);
  return [...namespaces]
    .sort(([a], [b]) => Number(isOfAws(a)) - Number(isOfAws(b)) || (a < b ? -1 : 1))
    .map(([title, all]) => {
      const panels = Map.groupBy(all, ({ name, dimensions }) => [name, ...Object.keys(dimensions).sort()].join(" "));
      const sorted = [...panels].sort(([a], [b]) => (a < b ? -1 : 1));
      return { title, widgets: sorted.flatMap(([, same]) => slices(same).map(panelOf)) };
    });
}

/** The stack's own measures come first. */
const isOfAws = (namespace: string) => namespace.startsWith("AWS/");

/** As many lines as there are colours. */
function slices(metrics: readonly Metric[]): readonly (readonly Metric[])[] {
  const sorted = metrics.toSorted((a, b) => (lastOf(a) < lastOf(b) ? -1 : 1));
  const count = Math.ceil(sorted.length / colors);
  return Array.from({ length: count }, (_, index) => sorted.slice(index * colors, (index + 1) * colors));
}

function panelOf(metrics: readonly Metric[]): MetricsWidget {
  const { name, unit } = metrics[0]!;
  const statistic = statisticOf(name, unit);
  return {
    kind: "metrics",
    title: [name, statistic, unit === "None" ? "" : unit.toLowerCase()].filter(Boolean).join(", "),
    width: 8,
    view: "lines",
    periodMs: 60_000,
    wholeRange: false,
    thresholds: [],
    lines: metrics.map((metric) => ({
      visible: true,
      label: lastOf(metric),
      source: { ...metric, statistic },
    })),
  };
}

const lastOf = ({ dimensions, name }: Metric): string => Object.values(dimensions).at(-1) ?? name;

/** Events add up; what stands at some height does not. */
function statisticOf(name: string, unit: string): string {
  if (unit !== "Count" || /^(Approximate|Concurrent)/.test(name)) return unit === "Count" ? "Maximum" : "Average";
  return "Sum";
}
