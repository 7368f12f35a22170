import type { Metric } from "./types.ts";

/**
 * Which metrics a search expression means, such as `{Darkroom,Environment,Reason} MetricName="PicturesRejected"`:
 * the namespace and exactly these dimensions, and every condition after it. Undefined for what this host cannot read.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html
 */
export function searchMetrics(expression: string): ((metric: Metric) => boolean) | undefined {
  const [, schema, rest = ""] = /^\s*\{([^}]*)\}(.*)$/s.exec(expression) ?? [];
  if (schema === undefined || /\b(OR|NOT)\b|[()]/.test(rest)) return undefined;
  const [namespace = "", ...names] = schema.split(",").map((part) => part.trim().replaceAll('"', ""));
  const conditions = rest.match(/[\w/-]+\s*=\s*(?:"[^"]*"|\S+)|"[^"]*"|\S+/g) ?? [];
  const checks = conditions.filter((condition) => condition !== "AND").map(check);
  const wanted = names.toSorted().join();
  return (metric) =>
    metric.namespace === namespace &&
    Object.keys(metric.dimensions).toSorted().join() === wanted &&
    checks.every((holds) => holds(metric));
}

function check(condition: string): (metric: Metric) => boolean {
  const [, key, value = condition] = /^([\w/-]+)\s*=\s*(.*)$/s.exec(condition) ?? [];
  const text = value.replaceAll('"', "");
  if (key === "MetricName") return ({ name }) => name === text;
  if (key !== undefined) return ({ dimensions }) => dimensions[key] === text;
  const part = text.toLowerCase();
  return ({ name, dimensions }) =>
    [name, ...Object.values(dimensions)].some((each) => each.toLowerCase().includes(part));
}
