import type { Span } from "./types.ts";

const minute = 60_000;
const hour = 60 * minute;

/** How far back the page looks, by its name in the address. */
export const ranges = {
  "1h": { label: "1 hour", ms: hour, periodMs: minute },
  "3h": { label: "3 hours", ms: 3 * hour, periodMs: 5 * minute },
  "1d": { label: "1 day", ms: 24 * hour, periodMs: hour },
  "15d": { label: "15 days", ms: 15 * 24 * hour, periodMs: 6 * hour },
} as const;
export type Range = keyof typeof ranges;

export const rangeOf = (text: string | null): Range =>
  text !== null && Object.hasOwn(ranges, text) ? (text as Range) : "3h";

/** Up to the end of the period under way. */
export function spanOf(range: Range, now: number): Span {
  const { ms, periodMs } = ranges[range];
  const to = now - (now % periodMs) + periodMs;
  return { from: to - ms, to, periodMs };
}

/** The same stretch in periods of at least this length, which begin on the clock as CloudWatch's do. */
export function inPeriods({ from, to, periodMs }: Span, wanted: number): Span {
  const period = Math.max(periodMs, wanted);
  return { from: from - (from % period), to: Math.ceil(to / period) * period, periodMs: period };
}
