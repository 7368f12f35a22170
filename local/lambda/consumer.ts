import { setTimeout as sleep } from "node:timers/promises";
import type { Message, Queues } from "../aws/sqs/types.ts";
import { FunctionClosed } from "./types.ts";

interface ConsumerDeps {
  readonly queues: Queues;
  readonly queueArn: string;
  /** Batches handled at once. */
  readonly workers: number;
  readonly batchSize: number;
  /** How long a batch that is not full waits for more, in seconds. */
  readonly windowSeconds: number;
  /** Ends each message: removed, or given back. */
  readonly handle: (messages: readonly Message[]) => Promise<void>;
  readonly warn: (message: string) => void;
}

export interface Consumer {
  /** Settles when the queue has no message left, hidden ones included. */
  idle(): Promise<void>;
  /** Takes no more; settles when the batches under way have ended. */
  close(): Promise<void>;
}

/** Keeps `workers` loops fed from a queue, woken by arrivals rather than by asking again and again. */
export function createConsumer({
  queues,
  queueArn,
  workers,
  batchSize,
  windowSeconds,
  handle,
  warn,
}: ConsumerDeps): Consumer {
  let closed = false;
  let alarm = Promise.withResolvers<void>();
  const ring = () => {
    alarm.resolve();
    alarm = Promise.withResolvers();
  };
  const unsubscribe = queues.onArrival(queueArn, ring);
  const { visibilityTimeoutSeconds = 30 } = queues.configs.get(queueArn) ?? {};

  async function work() {
    while (!closed) {
      const alarmed = alarm.promise;
      const messages = await take();
      if (messages.length > 0) await holding(messages, () => handle(messages));
      else if (!closed) await wait(alarmed, untilNext());
    }
  }

  async function take(): Promise<readonly Message[]> {
    const messages = [...queues.receive(queueArn, batchSize)];
    const end = Date.now() + windowSeconds * 1000;
    while (messages.length > 0 && messages.length < batchSize && Date.now() < end && !closed) {
      await wait(alarm.promise, end - Date.now());
      messages.push(...queues.receive(queueArn, batchSize - messages.length));
    }
    return messages;
  }

  /** Keeps the batch hidden for as long as it is worked on: waiting for a free instance must not bring it back. */
  async function holding(messages: readonly Message[], work: () => Promise<void>) {
    const timer = setInterval(
      () => {
        for (const { receiptHandle } of messages) queues.hide(queueArn, receiptHandle, visibilityTimeoutSeconds);
      },
      Math.max(visibilityTimeoutSeconds * 500, 100),
    );
    try {
      await work();
    } catch (error) {
      // Nothing is known of the batch, so it stays hidden; the next start of the host brings it back.
      if (!(error instanceof FunctionClosed)) throw error;
      closed = true;
    } finally {
      clearInterval(timer);
    }
  }

  const untilNext = () => {
    const at = queues.nextVisibleAt(queueArn);
    return at === undefined ? undefined : at - Date.now();
  };

  const running = Array.from({ length: workers }, work);
  for (const run of running) run.catch((error: Error) => warn(`${queueArn}: a worker stopped: ${error.message}`));

  return {
    async idle() {
      while (!closed) {
        const { visible, inFlight, delayed } = queues.counts(queueArn);
        if (visible + inFlight + delayed === 0) return;
        await sleep(20);
      }
    },
    async close() {
      closed = true;
      unsubscribe();
      ring();
      await Promise.allSettled(running);
    },
  };
}

/** Settles with the alarm, or after some milliseconds where they are given. */
async function wait(alarm: Promise<unknown>, milliseconds: number | undefined): Promise<void> {
  if (milliseconds === undefined) return void (await alarm);
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, Math.max(milliseconds, 1));
  await Promise.race([alarm, promise]);
  clearTimeout(timer);
}
