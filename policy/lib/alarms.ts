import { listOf, peek, type Seen } from "./seen.ts";
import { isOf, type Stack } from "./stack.ts";

interface Metric {
  readonly metricName?: string;
  readonly dimensions?: Readonly<Record<string, unknown>>;
}

/** Alarms on a metric of one resource, named by a dimension; without a resource, of whatever. */
export const alarmsOn = (stack: Stack, metric: string, dimension?: string, target?: Seen): Seen[] =>
  stack
    .of("aws:cloudwatch/metricAlarm:MetricAlarm")
    .filter((alarm) =>
      metricsOf(alarm).some(
        ({ property, read }) =>
          peek(() => read().metricName) === metric &&
          (dimension === undefined ||
            target === undefined ||
            isOf(() => read().dimensions?.[dimension], alarm, property, target)),
      ),
    );

/** The alarm's own metric, and those that it reckons with. */
const metricsOf = ({ props }: Seen): { property: string; read: () => Metric }[] => [
  { property: "dimensions", read: () => props as Metric },
  ...listOf<{ readonly metric?: Metric }>(peek(() => props["metricQueries"])).map((query) => ({
    property: "metricQueries",
    read: () => query.metric ?? {},
  })),
];
