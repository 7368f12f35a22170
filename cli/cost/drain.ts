export interface Stage {
  readonly name: string;
  /** Pictures worked on at once. */
  readonly atOnce: number;
  readonly seconds: number;
  /** Hours after which what waits is put aside. */
  readonly patience: number;
}

export interface Drained {
  /** Until the last picture is through. */
  readonly hours: number;
  /** Longest wait before each stage, in hours. */
  readonly waits: Readonly<Record<string, number>>;
  /** The first whose patience is not enough. */
  readonly broken?: string;
}

/**
 * Pictures that come evenly over some hours, through stages one after the other, each with a queue before it:
 * a fluid, so that a hundred million of them are no more work than one. Each stage passes on at most
 * `atOnce / seconds` in a second. As arrivals are even and the stages' rates constant, whatever leaves a stage
 * leaves it evenly as well, and the last to come waits longest.
 */
export function drain(pictures: number, hours: number, stages: readonly Stage[]): Drained {
  let rate = pictures / (hours * 3600);
  const waits: Record<string, number> = {};
  let broken: string | undefined;
  for (const { name, atOnce, seconds, patience } of stages) {
    const most = atOnce / seconds;
    // What came in at `rate` until the end goes out at `most`.
    const wait = rate > most ? (pictures / most - pictures / rate) / 3600 : 0;
    waits[name] = wait;
    if (wait > patience) broken ??= name;
    rate = Math.min(rate, most);
  }
  return { hours: pictures / rate / 3600, waits, broken };
}
