import type { ChangeLog } from "../aws/dynamodb/types.ts";
import type { HttpApi } from "../aws/http-api/http-api.ts";
import type { Queues } from "../aws/sqs/types.ts";
import type { EndpointDeps, Identity } from "../aws/types.ts";
import type { Graph } from "../graph.ts";
import { createFunction } from "../lambda/function.ts";
import { createMetadata } from "../lambda/metadata.ts";
import { FunctionClosed, type FunctionConfig, type Invoke, type LambdaFunction } from "../lambda/types.ts";
import { ofType, text } from "../lookup.ts";
import { asyncInvokers } from "./async.ts";
import { asyncFailureKey, putDeadLetter } from "./dead-letters.ts";
import { functionsOf, shortName } from "./functions.ts";
import { httpApisOf } from "./http-apis.ts";
import { startMappings } from "./mappings.ts";
import type { HostMetrics } from "./metrics.ts";
import { startSchedules } from "./schedules.ts";

export interface RegionDeps {
  readonly region: string;
  /** Keeps how far each mapping has come. */
  readonly dir: string;
  readonly identities: ReadonlyMap<string, Identity>;
  readonly authorize: EndpointDeps["authorize"];
  readonly queues: Queues;
  readonly streamOf: (streamArn: string) => ChangeLog;
  readonly metrics: HostMetrics;
  /** Where the SDK finds this host's services. */
  readonly endpoints: Readonly<Record<string, string>>;
  readonly log: (entry: { readonly name: string; readonly instance: string; readonly line: string }) => void;
  readonly warn: (text: string) => void;
}

/** What runs in one Region: its functions and what wakes them. */
export interface RunningRegion {
  /** By their host names. */
  readonly apis: ReadonlyMap<string, HttpApi>;
  /** Of a function, by its ARN; while the Region is cut off, nothing is known of the outcome. */
  invokeOf(functionArn: string): Invoke;
  /** Keeps an event for a function, by its ARN. */
  send(functionArn: string, event: unknown): void;
  /** Starts mappings and schedules. */
  start(): Promise<void>;
  /** Ends all that runs at once, whatever it is doing. */
  cut(): Promise<void>;
  /** The functions are there again, with what they had been given; `start` has the rest run on. */
  rejoin(): void;
  close(): Promise<void>;
}

/** The functions of a Region's part of the graph. They answer from the first; mappings and schedules wait for `start`. */
export async function openRegion(graph: Graph, deps: RegionDeps): Promise<RunningRegion> {
  const { region, dir, identities, authorize, queues, streamOf, metrics, endpoints, log, warn } = deps;
  const metadata = await createMetadata({ region });
  const configs = functionsOf(graph, identities, region);
  const giveUp = (fn: FunctionConfig, ...given: [destinationArn: string, record: unknown, key: string]) =>
    putDeadLetter(fn, endpoints["AWS_ENDPOINT_URL_S3"] ?? "", ...given);

  const open = () => {
    const functions = configs.map((fn) =>
      createFunction(fn, {
        log({ instance, line }) {
          metrics.line(fn, line);
          log({ name: shortName(fn), instance, line });
        },
        measure: (invocation) => metrics.invoked(fn, invocation),
        endpoints,
        metadata,
      }),
    );
    const invokers = asyncInvokers(graph, functions, {
      queues,
      warn,
      deadLetter: ({ config: fn }, destination, record) => giveUp(fn, destination, record, asyncFailureKey(fn.name)),
    });
    return { functions: new Map(functions.map((fn) => [fn.config.arn, fn])), invokers };
  };

  let { functions, invokers } = open();
  let triggers: { close(): unknown }[] = [];
  const invokeOf =
    (arn: string): Invoke =>
    async (event, options) => {
      const fn = functions.get(arn);
      if (fn === undefined) throw new FunctionClosed(arn);
      return fn.invoke(event, options);
    };
  /** A mapping ends when its batches have: all are told to stop before any is waited for. */
  const stop = async (graceMs?: number) => {
    const ending: readonly LambdaFunction[] = [...functions.values()];
    functions = new Map();
    const running = [...triggers.splice(0), invokers];
    await Promise.all([...running.map((each) => each.close()), ...ending.map((fn) => fn.close(graceMs))]);
  };

  return {
    apis: httpApisOf(graph, { invokeOf, authorize, measure: metrics.answered, warn }),
    invokeOf,
    send: (arn, event) => invokers.send(arn, event),
    async start() {
      const mappings = await startMappings(graph, {
        dir,
        region,
        functions,
        queues,
        streamOf,
        authorize,
        warn,
        measure: metrics.mapped,
        deadLetter: (fn, ...given) => giveUp(fn.config, ...given),
      });
      triggers = [mappings, startSchedules(graph, { authorize, send: (...given) => invokers.send(...given), warn })];
    },
    cut: () => stop(0),
    rejoin() {
      // Whoever held these was cut off with them.
      for (const queue of ofType(graph, "aws:sqs/queue:Queue")) queues.recover(text(queue, "arn"));
      for (const { arn } of configs) queues.recover(`${arn}:async`);
      ({ functions, invokers } = open());
    },
    async close() {
      await stop();
      await metadata.close();
    },
  };
}
