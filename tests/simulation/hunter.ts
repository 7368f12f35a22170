import { parentPort, workerData } from "node:worker_threads";
import { play } from "./schedule.ts";

/** The seeds of one worker. */
export interface Part {
  readonly first: number;
  readonly last: number;
  readonly step: number;
}

/** What a schedule broke, in sentences. */
export interface Found {
  readonly seed: number;
  readonly violations: readonly string[];
}

const { first, last, step } = workerData as Part;
for (let seed = first; seed <= last; seed += step) {
  const { violations } = await play(seed);
  parentPort?.postMessage({ seed, violations } satisfies Found);
}
