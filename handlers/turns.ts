/** Minutes after which something that does not move is helped on, once for each: ascending. */
export type Turns = readonly number[];

/** Which turn, from 0, what has stood still since then has last reached; undefined before the first. */
export function turnOf(turns: Turns, since: Date, now: Date): number | undefined {
  const minutes = (now.getTime() - since.getTime()) / 60_000;
  const reached = turns.findLastIndex((turn) => minutes >= turn);
  return reached < 0 ? undefined : reached;
}
