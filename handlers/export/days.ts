/** Days by UTC, as `2026-11-23`, which order as texts do. */

/** The day of a moment, ISO 8601. */
export const dayOf = (moment: string): string => moment.slice(0, 10);

export const firstMomentOf = (day: string): string => `${day}T00:00:00.000Z`;

export const dayAfter = (day: string): string => shifted(day, 1);

/** So many days up to the one that has begun, the oldest first. */
export const lastDays = (now: Date, count: number): readonly string[] => {
  const today = dayOf(now.toISOString());
  return daysFrom(shifted(today, 1 - count), today);
};

/** From one to another, both included. */
export function daysFrom(from: string, to: string): readonly string[] {
  const days: string[] = [];
  for (let day = from; day <= to; day = dayAfter(day)) days.push(day);
  return days;
}

const shifted = (day: string, by: number) =>
  new Date(Date.parse(firstMomentOf(day)) + by * 24 * 3_600_000).toISOString().slice(0, 10);
