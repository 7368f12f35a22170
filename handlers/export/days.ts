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
export const daysFrom = (from: string, to: string): readonly string[] =>
  Array.from({ length: countDays(from, to) }, (_, ahead) => shifted(from, ahead));

/** How many that are, without naming them: whoever is asked for too many says so first. */
export const countDays = (from: string, to: string): number =>
  Math.max(0, (Date.parse(to) - Date.parse(from)) / dayMs + 1);

const dayMs = 24 * 3_600_000;

const shifted = (day: string, by: number) =>
  new Date(Date.parse(firstMomentOf(day)) + by * dayMs).toISOString().slice(0, 10);
