import { setTimeout as sleep } from "node:timers/promises";
import type { StreamRecord } from "../aws/dynamodb/types.ts";
import { createDelivery } from "./delivery.ts";
import { type StreamMappingConfig, type StreamMappingDeps, sequenceOf } from "./stream-types.ts";
import { FunctionClosed } from "./types.ts";

interface LaneDeps extends Omit<StreamMappingDeps, "checkpoint" | "role"> {
  readonly lane: number;
  /** Where it was. */
  readonly at: string | undefined;
  /** Whether a record is this lane's and passes the filter. */
  readonly mine: (record: StreamRecord) => boolean;
  readonly settle: (sequence: string) => Promise<void>;
  readonly signal: AbortSignal;
}

export interface Lane {
  readonly busy: boolean;
  /** Works until the signal aborts. @throws what the change log or the checkpoint throws. */
  run(): Promise<void>;
  /** There may be something new. */
  wake(): void;
  /** Settles when nothing is left to do. */
  idle(): Promise<void>;
}

/** Lambda's limit on an event. */
const mostBytes = 6 * 1024 * 1024;
const pageSize = 200;
/** Records of others and filtered ones passed by before the checkpoint is moved for their sake. */
const mostSkipped = 1000;

/** One in-order worker of a mapping: reads on, batches its own records and delivers them. */
export function createLane(config: StreamMappingConfig, deps: LaneDeps): Lane {
  const { log, mine, settle, signal } = deps;
  const { batchSize = 100, maximumBatchingWindowInSeconds: window = 0 } = config;
  const now = deps.now ?? Date.now;
  const deliver = createDelivery(config, { ...deps, now, backoff: deps.backoff ?? backOff });
  const ahead: StreamRecord[] = [];
  let readTo = deps.at;
  let skipped = 0;
  let busy = true;
  let alarm = Promise.withResolvers<void>();
  let rest = quiet();

  async function readAhead() {
    while (ahead.length < batchSize) {
      const page = await log.read(readTo, pageSize);
      const last = page.at(-1);
      if (last === undefined) return;
      const own = page.filter(mine);
      ahead.push(...own);
      skipped += page.length - own.length;
      readTo = sequenceOf(last);
    }
  }

  /** Reads on for as long as the batching window lets a batch grow. */
  async function fill() {
    await readAhead();
    for (const end = now() + window * 1000; ahead.length > 0 && ahead.length < batchSize && now() < end; ) {
      await Promise.race([alarm.promise, sleep(end - now(), undefined, { signal }).catch(() => {})]);
      if (signal.aborted) return;
      alarm = Promise.withResolvers();
      await readAhead();
    }
  }

  async function work() {
    while (!signal.aborted) {
      const alarmed = alarm.promise;
      await fill();
      if (signal.aborted) return;
      if (ahead.length > 0) {
        const batch = ahead.slice(0, sizeOfBatch(ahead, batchSize));
        await deliver(batch);
        ahead.splice(0, batch.length);
        continue;
      }
      if (skipped > mostSkipped && readTo !== undefined) {
        skipped = 0;
        await settle(readTo);
      }
      busy = alarm.promise !== alarmed;
      if (busy) continue;
      rest.resolve();
      await alarmed;
    }
  }

  return {
    get busy() {
      return busy;
    },
    async run() {
      try {
        await work();
      } catch (error) {
        if (signal.aborted || error instanceof FunctionClosed) return;
        rest.reject(error);
        throw error;
      }
    },
    wake() {
      if (!busy) rest = quiet();
      busy = true;
      alarm.resolve();
      alarm = Promise.withResolvers();
    },
    idle: () => rest.promise,
  };
}

function sizeOfBatch(records: readonly StreamRecord[], most: number): number {
  let bytes = 0;
  const tooMany = records.findIndex((record, at) => {
    bytes += Buffer.byteLength(JSON.stringify(record)) + 1;
    return at >= most || (at > 0 && bytes > mostBytes);
  });
  return tooMany === -1 ? records.length : tooMany;
}

/** A promise whose rejection may go unheard: a lane that stops must not end the host. */
function quiet(): PromiseWithResolvers<void> {
  const resolvers = Promise.withResolvers<void>();
  resolvers.promise.catch(() => {});
  return resolvers;
}

const backOff = (failures: number) => Math.min(100 * 2 ** (failures - 1), 5000);
