import { type Fault, play } from "./schedule.ts";

/** Seeds within which each fault has to be found. */
export const mostSeeds = 120;

export interface Caught {
  readonly fault: string;
  /** The first that finds it, and by what; absent where none does. */
  readonly seed?: number;
  readonly violation?: string;
}

/** Plays schedules with a mistake in the works until one shows it. */
export async function catchFault(fault: Fault): Promise<Caught> {
  for (let seed = 1; seed <= mostSeeds; seed++) {
    const [violation] = (await play(seed, { fault })).violations;
    if (violation !== undefined) return { fault: fault.name, seed, violation };
  }
  return { fault: fault.name };
}
