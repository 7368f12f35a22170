/** One comparison of a run: how two ways of doing the same compare, and what was aimed at. */
export interface Comparison {
  readonly name: string;
  /** Median of the paired ratios, both sides of each measured in this very run; null where the other side is not installed. */
  readonly ratio: number | null;
  /** Least ratio that is good enough, or with `atMost` the greatest; null where none was set. */
  readonly goal: number | null;
  /** null where there is nothing to hold. */
  readonly held: boolean | null;
  readonly atMost?: true;
  /** First and third quartile of the paired ratios. */
  readonly spread?: readonly [number, number];
  /** What the bare ratio does not say, such as bytes beside time, or that a peer is not installed. */
  readonly note?: string;
}

export interface Pairs {
  readonly name: string;
  readonly ratios: readonly number[];
  readonly goal: number | null;
  readonly atMost?: true;
  readonly note?: string;
}

/** A comparison of paired ratios, of which there is at least one. */
export function paired({ name, ratios, goal, atMost, note }: Pairs): Comparison {
  const ratio = quantile(ratios, 0.5);
  const held = goal === null ? null : atMost ? ratio <= goal : ratio >= goal;
  const spread = [quantile(ratios, 0.25), quantile(ratios, 0.75)] as const;
  return { name, ratio, goal, held, ...(atMost && { atMost }), spread, ...(note !== undefined && { note }) };
}

export const notInstalled = (name: string, goal: number | null): Comparison => ({
  name,
  ratio: null,
  goal,
  held: null,
  note: "not installed",
});

export function lineOf({ name, ratio, goal, held, atMost, spread, note }: Comparison): string {
  const verdict = { true: "held  ", false: "missed", null: "      " }[`${held}`];
  const figure = ratio === null ? "    –   " : `${ratio.toFixed(2).padStart(6)} ×`;
  const aim = goal === null ? "" : `goal ${atMost ? "≤" : "≥"} ${goal.toFixed(2)}`;
  const quartiles = spread ? `${spread[0].toFixed(2)}–${spread[1].toFixed(2)}` : "";
  return `${verdict}  ${figure}  ${aim.padEnd(11)}  ${quartiles.padEnd(11)}  ${name}${note ? ` (${note})` : ""}`;
}

/** By linear interpolation, as most programs do it. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const [low, high] = [sorted[Math.floor(at)] as number, sorted[Math.ceil(at)] as number];
  return low + (high - low) * (at % 1);
}
