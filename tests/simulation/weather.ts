import type { Weather } from "./process.ts";
import type { Random } from "./random.ts";

/** What may go wrong in one schedule while it storms. */
export interface Storm extends Weather {
  /** An event is never told. */
  readonly loss: number;
  /** It is told twice. */
  readonly doubling: number;
  /** It comes minutes late, and so behind others. */
  readonly delay: number;
  /** The source takes nothing. */
  readonly away: number;
}

/** Each schedule leaves some of it out: what always comes together would hide what each does by itself. */
export function stormOf(random: Random): Storm {
  const some = (...choices: readonly number[]) => random.pick([0, ...choices]);
  return {
    death: some(0.01, 0.03, 0.08),
    throttle: some(0.02, 0.05, 0.15),
    lostAnswer: some(0.01, 0.03),
    slowness: some(0.02, 0.1, 0.3),
    loss: some(0.05, 0.2),
    doubling: some(0.1, 0.3, 0.6),
    delay: some(0.1, 0.3),
    away: some(0.1, 0.5, 0.95),
  };
}

export const calm: Storm = {
  death: 0,
  throttle: 0,
  lostAnswer: 0,
  slowness: 0,
  loss: 0,
  doubling: 0,
  delay: 0,
  away: 0,
};
