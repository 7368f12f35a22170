import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { ChangeLog } from "../aws/dynamodb/types.ts";
import type { Queues } from "../aws/sqs/types.ts";
import type { Authorize } from "../aws/types.ts";
import type { Graph, Resource } from "../graph.ts";
import { createQueueMapping } from "../lambda/queue-mapping.ts";
import { createStreamMapping } from "../lambda/stream-mapping.ts";
import type { StreamMapping, StreamMappingConfig, StreamMappingDeps } from "../lambda/stream-types.ts";
import type { LambdaFunction } from "../lambda/types.ts";
import { need, ofType, text } from "../lookup.ts";

interface MappingsDeps {
  /** Keeps how far each stream mapping has come. */
  readonly dir: string;
  readonly region: string;
  /** By ARN. */
  readonly functions: ReadonlyMap<string, LambdaFunction>;
  readonly queues: Queues;
  readonly streamOf: (streamArn: string) => ChangeLog;
  readonly authorize: Authorize;
  readonly deadLetter: (fn: LambdaFunction, ...given: Parameters<StreamMappingDeps["deadLetter"]>) => Promise<void>;
  /** Is told how many records of a stream a mapping, by its UUID, failed with or gave up. */
  readonly measure: (mappingUuid: string, what: "failed" | "given up", records: number) => void;
  readonly warn: (text: string) => void;
}

/** Starts every event source mapping of the graph, those of streams and those of queues. */
export async function startMappings(graph: Graph, deps: MappingsDeps): Promise<{ close(): Promise<void> }> {
  await mkdir(deps.dir, { recursive: true });
  const all = ofType(graph, "aws:lambda/eventSourceMapping:EventSourceMapping").map((mapping) => {
    const source = text(mapping, "eventSourceArn", "inputs");
    return { mapping, log: source.startsWith("arn:aws:dynamodb:") ? deps.streamOf(source) : undefined };
  });
  const open: { close(): Promise<void> }[] = [];
  const closeAll = async () => void (await Promise.all(open.map((each) => each.close())));
  const streams: Streaming[] = [];
  const starts = await Promise.allSettled(
    all.map(async ({ mapping, log }) => {
      if (log === undefined) return open.push(startQueue(graph, mapping, deps));
      const streaming = await startStream(graph, mapping, log, deps);
      streams.push(streaming);
      return open.push(streaming.mapping);
    }),
  );
  const failed = starts.find((start) => start.status === "rejected");
  if (failed !== undefined) {
    // The others are at work already, and nobody else knows of them.
    await closeAll();
    throw failed.reason;
  }
  const releasing = setInterval(() => release(streams).catch((error: Error) => deps.warn(error.message)), 600_000);
  return {
    async close() {
      clearInterval(releasing);
      await closeAll();
    },
  };
}

interface Streaming {
  readonly mapping: StreamMapping;
  readonly log: ChangeLog;
}

async function startStream(graph: Graph, resource: Resource, log: ChangeLog, deps: MappingsDeps): Promise<Streaming> {
  const { fn, ...shared } = sharedBy(graph, resource, deps);
  const uuid = text(resource, "uuid");
  const mapping = await createStreamMapping(shared.config, {
    ...shared,
    log,
    checkpoint: join(deps.dir, `${resource.name}.json`),
    async invoke(event, options) {
      const outcome = await shared.invoke(event, options);
      if (!outcome.ok) deps.measure(uuid, "failed", (event as { readonly Records: readonly unknown[] }).Records.length);
      return outcome;
    },
    async deadLetter(destination, record, key) {
      await deps.deadLetter(fn, destination, record, key);
      deps.measure(uuid, "given up", record.DDBStreamBatchInfo.batchSize);
    },
  });
  return { mapping, log };
}

function startQueue(graph: Graph, resource: Resource, deps: MappingsDeps) {
  const { fn, ...shared } = sharedBy(graph, resource, deps);
  const config = { ...shared.config, functionTimeoutSeconds: fn.config.timeoutSeconds, region: deps.region };
  // On AWS a failed message waits out the visibility timeout; nobody wants to sit that long before a laptop.
  const retryDelay = (receives: number) => Math.min(1000 * receives, 10_000);
  return createQueueMapping(config, { ...shared, queues: deps.queues, retryDelay });
}

function sharedBy(graph: Graph, { name, inputs }: Resource, { functions, authorize, warn }: MappingsDeps) {
  const target = need(graph, "aws:lambda/function:Function", inputs["functionName"], `event source mapping ${name}`);
  const fn = functions.get(text(target, "arn"))!;
  const config = { ...inputs, id: name, functionArn: fn.config.arn } as unknown as StreamMappingConfig;
  return { fn, config, invoke: fn.invoke, role: { identity: fn.config.identity, authorize }, warn };
}

/** Lets each change log forget what every mapping over it is done with. */
async function release(all: readonly Streaming[]): Promise<void> {
  for (const log of new Set(all.map((each) => each.log))) {
    const positions = all.filter((each) => each.log === log).map(({ mapping }) => mapping.position());
    if (positions.every((position) => position !== undefined)) await log.release(positions.toSorted()[0]!);
  }
}
