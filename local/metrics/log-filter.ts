import { filterPattern } from "./filter-pattern.ts";
import { selectorOf } from "./selector.ts";
import type { Point } from "./types.ts";

/** Inputs of aws.cloudwatch.LogMetricFilter, in Pulumi's names. */
export interface LogFilterConfig {
  /** Names it in messages. */
  readonly id: string;
  readonly pattern: string;
  readonly metricTransformation: {
    readonly namespace: string;
    readonly name: string;
    /** A number, or where it stands in the line. */
    readonly value: string;
    readonly unit?: string;
    readonly defaultValue?: string | number;
    /** Where each one's value stands in the line. */
    readonly dimensions?: Readonly<Record<string, string>>;
  };
}

/** What a line, read as JSON, measures; `now` in epoch milliseconds. */
export type LogFilter = (line: unknown, now: number) => readonly Point[];

/**
 * A metric filter of a log group. A minute in which lines came and none passed gives the default value, where there is one.
 * @throws FilterPatternError, and Error `METRIC_FILTER_INVALID` for what CloudWatch would refuse.
 */
export function logFilter({ id, pattern, metricTransformation }: LogFilterConfig): LogFilter {
  const { namespace, name, unit, defaultValue, dimensions: wanted = {} } = metricTransformation;
  const passes = filterPattern(pattern);
  const fail = (detail: string): never => {
    throw new Error(`METRIC_FILTER_INVALID: [${id}] expected a metric filter as CloudWatch takes it, but ${detail}.`);
  };
  const select = (text: string) => selectorOf(text) ?? fail(`${JSON.stringify(text)} is no selector such as $.reason`);
  const measure = metricTransformation.value.startsWith("$")
    ? select(metricTransformation.value)
    : () => Number(metricTransformation.value);
  if (Number.isNaN(measure({}))) fail(`its value ${JSON.stringify(metricTransformation.value)} is no number`);
  const dimensions = Object.entries(wanted).map(([dimension, text]) => [dimension, select(text)] as const);
  if (dimensions.length > 3) fail(`it has ${dimensions.length} dimensions of at most three`);
  if (dimensions.length > 0 && defaultValue !== undefined) fail("it has both dimensions and a default value");
  let minute = 0;
  let reported = false;

  return (line, now) => {
    if (Math.floor(now / 60_000) !== minute) reported = false;
    minute = Math.floor(now / 60_000);
    if (!passes(line)) {
      if (defaultValue === undefined || reported) return [];
      reported = true;
      return [{ namespace, name, dimensions: {}, unit, value: Number(defaultValue), at: now }];
    }
    reported = true;
    const value = measure(line);
    const found = dimensions.map(([dimension, of]) => [dimension, of(line)] as const);
    if (typeof value !== "number" || found.some(([, text]) => !isScalar(text))) return [];
    const values = Object.fromEntries(found.map(([dimension, text]) => [dimension, String(text)]));
    return [{ namespace, name, dimensions: values, unit, value, at: now }];
  };
}

const isScalar = (value: unknown) => typeof value === "string" || typeof value === "number";
