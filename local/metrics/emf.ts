import type { Point } from "./types.ts";

/**
 * What a line of the embedded metric format measures; nothing for any other line, and nothing of a
 * metric or a set of dimensions whose values are not in the line, as CloudWatch does:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function embeddedPoints(line: unknown): readonly Point[] {
  if (!isObject(line) || !isObject(line["_aws"])) return [];
  const { Timestamp, CloudWatchMetrics } = line["_aws"];
  if (typeof Timestamp !== "number") return [];
  return listOf(CloudWatchMetrics).flatMap((directive) => {
    if (!isObject(directive) || typeof directive["Namespace"] !== "string") return [];
    const namespace = directive["Namespace"];
    const sets = listOf(directive["Dimensions"]).flatMap((set) => dimensionsOf(line, set));
    return listOf(directive["Metrics"]).flatMap((metric) => {
      if (!isObject(metric) || typeof metric["Name"] !== "string") return [];
      const { Name: name, Unit } = metric;
      const unit = typeof Unit === "string" ? Unit : undefined;
      const values = [line[name]].flat().filter((value) => typeof value === "number");
      return sets.flatMap((dimensions) =>
        values.map((value) => ({ namespace, name, dimensions, unit, at: Timestamp, value })),
      );
    });
  });
}

function dimensionsOf(line: Readonly<Record<string, unknown>>, set: unknown): readonly Point["dimensions"][] {
  const names = listOf(set);
  const known = names.filter((name) => typeof name === "string").filter((name) => typeof line[name] === "string");
  return known.length < names.length ? [] : [Object.fromEntries(known.map((name) => [name, line[name] as string]))];
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
