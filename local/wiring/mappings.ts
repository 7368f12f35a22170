import { join } from "node:path";
import type { ChangeLog } from "../aws/dynamodb/types.ts";
import type { Queues } from "../aws/sqs/types.ts";
import type { Authorize } from "../aws/types.ts";
import type { Graph } from "../graph.ts";
import { createQueueMapping } from "../lambda/queue-mapping.ts";
import { createStreamMapping } from "../lambda/stream-mapping.ts";
import type { StreamMappingConfig, StreamMappingDeps } from "../lambda/stream-types.ts";
import type { LambdaFunction } from "../lambda/types.ts";
import { find, need, ofType, text } from "../lookup.ts";

interface MappingsDeps {
  readonly dir: string;
  readonly region: string;
  /** By ARN. */
  readonly functions: ReadonlyMap<string, LambdaFunction>;
  readonly queues: Queues;
  readonly streamOf: (table: string) => ChangeLog;
  readonly authorize: Authorize;
  readonly deadLetter: (fn: LambdaFunction, ...given: Parameters<StreamMappingDeps["deadLetter"]>) => Promise<void>;
  readonly warn: (text: string) => void;
}

/** What of a mapping can be stopped. */
interface Running {
  close(): Promise<void>;
}

/** Starts every event source mapping of the graph: streams and queues. */
export const startMappings = (graph: Graph, deps: MappingsDeps): Promise<readonly Running[]> =>
  Promise.all(
    ofType(graph, "aws:lambda/eventSourceMapping:EventSourceMapping").map((mapping): Running | Promise<Running> => {
      const { name, inputs } = mapping;
      const fn = deps.functions.get(
        text(need(graph, "aws:lambda/function:Function", inputs["functionName"], name), "arn"),
      )!;
      const source = String(inputs["eventSourceArn"]);
      const role = { identity: fn.config.identity, authorize: deps.authorize };
      const shared = { ...inputs, id: name, functionArn: fn.config.arn, eventSourceArn: source } as StreamMappingConfig;
      const table = find(graph, "aws:dynamodb/table:Table", source);
      if (table === undefined)
        return createQueueMapping(
          { ...shared, functionTimeoutSeconds: fn.config.timeoutSeconds, region: deps.region },
          // On AWS a failed message waits out the visibility timeout; here nobody wants to sit that long.
          {
            queues: deps.queues,
            invoke: fn.invoke,
            role,
            warn: deps.warn,
            retryDelay: (receives) => Math.min(1000 * receives, 10_000),
          },
        );
      return createStreamMapping(shared, {
        log: deps.streamOf(text(table, "name")),
        invoke: fn.invoke,
        role,
        warn: deps.warn,
        checkpoint: join(deps.dir, `${name}.json`),
        deadLetter: (...given) => deps.deadLetter(fn, ...given),
      });
    }),
  );
