import type { Delivery, TopicConfig } from "../aws/sns/types.ts";
import type { QueueConfig, Queues } from "../aws/sqs/types.ts";
import type { Graph } from "../graph.ts";
import type { FunctionConfig, Invocation } from "../lambda/types.ts";
import { ofType, text } from "../lookup.ts";
import { type CompositeAlarmConfig, createAlarms, type MetricAlarmConfig } from "../metrics/alarms.ts";
import { readDashboard } from "../metrics/dashboard.ts";
import { embeddedPoints } from "../metrics/emf.ts";
import {
  answerPoints,
  deliveryPoints,
  invocationPoints,
  mappingPoint,
  queuePoints,
  sentPoint,
} from "../metrics/host-points.ts";
import { openKeeping } from "../metrics/keeping.ts";
import { type LogFilterConfig, logFilter } from "../metrics/log-filter.ts";
import { metricsPages } from "../metrics/pages.ts";
import { createStore } from "../metrics/store.ts";
import type { Point } from "../metrics/types.ts";
import { paths } from "../paths.ts";
import type { Route } from "../router.ts";
import { queuesOf } from "./queues.ts";

export interface HostMetrics {
  /** A line that a function wrote. */
  line(fn: FunctionConfig, line: string): void;
  invoked(fn: FunctionConfig, invocation: Invocation): void;
  sent(queue: QueueConfig): void;
  /** What became of a message of a topic at one of its subscriptions. */
  delivered(topic: TopicConfig, delivery: Delivery): void;
  /** Records of a stream that a mapping, by its UUID, failed with or gave up. */
  mapped(mappingUuid: string, what: "failed" | "given up", records: number): void;
  /** An answer of an HTTP API, by its id. */
  answered(apiId: string, answer: { readonly status: number; readonly ms: number }): void;
  /** Looks at these queues, and judges the alarms, again and again. Answers the way to stop. */
  start(queues: Queues): () => void;
  readonly route: Route;
  close(): void;
}

interface MetricsDeps {
  readonly dir: string;
  /** Of the host, under which its page stands. @default "/metrics" */
  readonly path?: string;
  readonly warn: (text: string) => void;
}

/** The graph's metric filters, dashboards and alarms over what is measured on this machine. */
export function openMetrics(graph: Graph, { dir, path = paths.metrics, warn }: MetricsDeps): HostMetrics {
  const store = createStore({ warn });
  const filters = filtersOf(graph);
  const logGroups = logGroupsOf(graph);
  const alarms = createAlarms(alarmsOf(graph), { readings: store, now: Date.now() });
  const keeping = openKeeping(dir);
  for (const kept of keeping.load()) store.restore(kept);
  const queueConfigs = queuesOf(graph);
  const inGraph = new Set(queueConfigs.map(({ arn }) => arn));

  const add = (points: readonly Point[]) => {
    for (const point of points) store.add(point);
  };
  const save = () => keeping.save(store.changed(), Date.now());

  return {
    line({ arn }, line) {
      const read = parsed(line);
      add(embeddedPoints(read));
      const own = filters.get(logGroups.get(arn) ?? "") ?? [];
      add(own.flatMap((filter) => filter(read, Date.now())));
    },
    invoked: (fn, invocation) => add(invocationPoints(fn, invocation, Date.now())),
    sent(queue) {
      if (inGraph.has(queue.arn)) store.add(sentPoint(queue, Date.now()));
    },
    delivered: (topic, delivery) => add(deliveryPoints(topic, delivery, Date.now())),
    mapped: (uuid, what, records) => store.add(mappingPoint(uuid, what, records, Date.now())),
    answered: (apiId, answer) => add(answerPoints(apiId, answer, Date.now())),
    start(queues) {
      const look = () => {
        add(queuePoints(queueConfigs, queues, Date.now()));
        alarms.evaluate(Date.now());
        save();
      };
      look();
      const timer = setInterval(look, lookEveryMs);
      return () => clearInterval(timer);
    },
    route: metricsPages({ store, alarms, dashboards: dashboardsOf(graph) }, path),
    close() {
      save();
      keeping.close();
    },
  };
}

const lookEveryMs = 10_000;

/** By the name of the log group. */
function filtersOf(graph: Graph) {
  const all = ofType(graph, "aws:cloudwatch/logMetricFilter:LogMetricFilter");
  return new Map(
    [...Map.groupBy(all, (filter) => text(filter, "logGroupName", "inputs"))].map(([group, filters]) => [
      group,
      filters.map(({ name, inputs }) => logFilter({ ...inputs, id: name } as unknown as LogFilterConfig)),
    ]),
  );
}

/** Where each function's lines would go on AWS, by the function's ARN. */
const logGroupsOf = (graph: Graph): ReadonlyMap<string, string> =>
  new Map(
    ofType(graph, "aws:lambda/function:Function").map((fn) => {
      const config = fn.inputs["loggingConfig"] as { readonly logGroup?: string } | undefined;
      return [text(fn, "arn"), config?.logGroup ?? `/aws/lambda/${text(fn, "name")}`];
    }),
  );

const dashboardsOf = (graph: Graph) =>
  ofType(graph, "aws:cloudwatch/dashboard:Dashboard").map((dashboard) => ({
    name: text(dashboard, "dashboardName", "inputs"),
    rows: readDashboard(text(dashboard, "dashboardBody", "inputs")),
  }));

const alarmsOf = (graph: Graph) => ({
  metric: ofType(graph, "aws:cloudwatch/metricAlarm:MetricAlarm").map(
    ({ outputs }) => outputs as unknown as MetricAlarmConfig,
  ),
  composite: ofType(graph, "aws:cloudwatch/compositeAlarm:CompositeAlarm").map(
    ({ inputs, outputs }) => ({ ...outputs, name: inputs["alarmName"] }) as unknown as CompositeAlarmConfig,
  ),
});

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
