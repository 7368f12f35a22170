import type { Span } from "./types.ts";

const minute = 60_000;
const hour = 60 * minute;

/** How far back the page looks, by its name in the address. */
export const ranges = {
  "1h": { label: "1 hour", ms: hour, periodMs: minute },
  "3h": { label: "3 hours", ms: 3 * hour, periodMs: 3 * minute },
  "1d": { label: "1 day", ms: 24 * hour, periodMs: hour },
  "15d": { label: "15 days", ms: 15 * 24 * hour, periodMs: 6 * hour },
} as const;
export type Range = keyof typeof ranges;

export const rangeOf = (text: string | null): Range =>
  text !== null && Object.hasOwn(ranges, text) ? (text as Range) : "1h";

/** Up to the end of the minute or hour under way, in whole periods. */
export function spanOf(range: Range, now: number): Span {
  const { ms, periodMs } = ranges[range];
  const grain = periodMs < hour ? minute : hour;
  const to = now - (now % grain) + grain;
  return { from: to - ms, to, periodMs };
}
