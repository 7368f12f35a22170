import { type Dimension, type Measure, type MeasuredBy, measures } from "../measures.ts";
import { carried } from "./log.ts";

/**
 * Measures by lines of CloudWatch's embedded metric format, in the namespace `Darkroom`:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 * Written past the console, whose lines Lambda wraps.
 */
export const emfMeasure =
  <By extends Dimension>(
    dimensions: Readonly<Record<By, string>>,
    write: (line: string) => void = (line) => void process.stdout.write(line),
  ): Measure<By> =>
  (values) => {
    const given = values as Readonly<Partial<Record<MeasuredBy<By>, number>>>;
    const names = (Object.keys(measures) as MeasuredBy<By>[]).filter((name) => given[name] !== undefined);
    const Metrics = names.map((Name) => ({ Name, Unit: measures[Name].unit }));
    const places = Object.entries<string>(dimensions).map(([name, place]) => [name, inAscii(place)]);
    const directive = { Namespace: "Darkroom", Dimensions: [places.map(([name]) => name)], Metrics };
    const line = {
      _aws: { Timestamp: Date.now(), CloudWatchMetrics: [directive] },
      ...carried(),
      ...Object.fromEntries(places),
      ...values,
    };
    write(`${JSON.stringify(line)}\n`);
  };

/** CloudWatch drops a measurement whose dimensions hold anything else. A pair of moderators has an arrow between them. */
const inAscii = (text: string) => text.replaceAll("→", ">").replaceAll(/[^\x20-\x7e]/g, "?");
