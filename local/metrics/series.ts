import { statistic } from "./bucket.ts";
import type { Line, MetricsWidget } from "./dashboard.ts";
import { compute, FormulaError, type Named, type Values } from "./formula.ts";
import { searchMetrics } from "./search.ts";
import type { Dimensions, Readings, Span } from "./types.ts";

/** What a widget shows: its lines with their values for each period of the span. @throws FormulaError */
export function seriesOf({ lines }: Pick<MetricsWidget, "lines">, readings: Readings, span: Span): readonly Named[] {
  const byId = new Map<string, Values>();
  const periods = Math.ceil((span.to - span.from) / span.periodMs);
  const drawn = new Map<Line, readonly Named[]>();
  const plain = lines.filter(({ source }) => !("formula" in source));
  // Formulas may name what stands below them.
  for (const line of [...plain, ...lines.filter((line) => !plain.includes(line))]) {
    const found = draw(line);
    drawn.set(line, found);
    if (line.id !== undefined && found[0] !== undefined) byId.set(line.id, found[0].values);
  }
  return lines.filter(({ visible }) => visible).flatMap((line) => drawn.get(line)!);

  function draw({ source, label }: Line): readonly Named[] {
    if ("formula" in source) {
      const { formula } = source;
      const search = (expression: string, by: string) => searched(formula, expression, by);
      const found = compute(formula, { lines: byId, periods, search });
      return found.map((each) => ({ ...each, label: labelOf(label, each, found.length > 1) }));
    }
    const values = readings.read(source, span).map((bucket) => bucket && statistic(source.statistic, bucket));
    const dimensions = Object.values(source.dimensions);
    return [{ label: label ?? [source.name, ...dimensions.slice(-1)].join(" · "), values }];
  }

  function searched(formula: string, expression: string, by: string): readonly Named[] {
    const matches = searchMetrics(expression);
    if (matches === undefined)
      throw new FormulaError(formula, "its SEARCH says more than one namespace, dimensions and conditions");
    const found = readings.metrics().filter(matches);
    return found
      .map((metric) => ({
        dimensions: metric.dimensions,
        label:
          distinctive(
            metric.dimensions,
            found.map(({ dimensions }) => dimensions),
          ) || metric.name,
        values: readings.read(metric, span).map((bucket) => bucket && statistic(by, bucket)),
      }))
      .filter(({ values }) => values.some((value) => value !== undefined))
      .sort((a, b) => (a.label < b.label ? -1 : 1));
  }
}

/** A label may hold CloudWatch's placeholders: of a dimension, or of what tells the lines apart. */
function labelOf(wanted: string | undefined, { label, dimensions = {} }: Named, many: boolean): string {
  const filled = (wanted ?? "").replace(
    /\$\{(?:PROP\('Dim\.([^']*)'\))?[^}]*\}/g,
    (_, dimension?: string) => dimensions[dimension ?? ""] ?? label,
  );
  if (filled.trim() === "") return label;
  return many && filled === wanted ? `${filled} ${label}` : filled;
}

/** The values in which one metric differs from the others. */
function distinctive(dimensions: Dimensions, all: readonly Dimensions[]): string {
  const differing = Object.entries(dimensions).filter(([name, value]) => all.some((each) => each[name] !== value));
  return (differing.length > 0 ? differing : Object.entries(dimensions).slice(-1))
    .map(([, value]) => value)
    .join(" · ");
}
