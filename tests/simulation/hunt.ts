import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Found, Part } from "./hunter.ts";

export interface HuntOptions {
  /** The first seed; each of the next is one more. */
  readonly seed: number;
  readonly schedules: number;
  /** Processors to keep busy. @default all */
  readonly workers?: number;
  /** Hears of each schedule that breaks an invariant. */
  readonly found: (found: Found) => void;
  /** Hears how many have been played. */
  readonly say?: (played: number) => void;
}

/** Plays schedules on all processors; each of a worker's is so many seeds from its last. */
export async function hunt({ seed, schedules, workers = availableParallelism(), found, say }: HuntOptions) {
  let played = 0;
  const some = Math.min(workers, schedules);
  await Promise.all(
    Array.from({ length: some }, (_, index) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const workerData: Part = { first: seed + index, last: seed + schedules - 1, step: some };
      const worker = new Worker(new URL("hunter.ts", import.meta.url), { workerData });
      worker.on("message", (one: Found) => {
        played += 1;
        if (one.violations.length > 0) found(one);
        say?.(played);
      });
      worker.once("error", reject);
      worker.once("exit", () => resolve());
      return promise;
    }),
  );
  return { played };
}
