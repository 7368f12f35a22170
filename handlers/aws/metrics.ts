import { type Measure, measures } from "../measures.ts";
import { carried } from "./log.ts";

/**
 * Measures by lines of CloudWatch's embedded metric format, in the namespace `Darkroom`:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 * Written past the console, whose lines Lambda wraps.
 */
export const sourceMeasure =
  (
    dimensions: { readonly Environment: string; readonly Source: string },
    write: (line: string) => void = (line) => void process.stdout.write(line),
  ): Measure =>
  (values) => {
    const names = (Object.keys(measures) as (keyof typeof measures)[]).filter((name) => values[name] !== undefined);
    const Metrics = names.map((Name) => ({ Name, Unit: measures[Name] }));
    const directive = { Namespace: "Darkroom", Dimensions: [Object.keys(dimensions)], Metrics };
    const line = {
      _aws: { Timestamp: Date.now(), CloudWatchMetrics: [directive] },
      ...carried(),
      ...dimensions,
      ...values,
    };
    write(`${JSON.stringify(line)}\n`);
  };
