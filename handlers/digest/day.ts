/** One day by the clocks of a time zone: 23, 24 or 25 hours, as the clocks were changed in it or not. */
export interface Day {
  /** `2026-11-22`. */
  readonly date: string;
  readonly timeZone: string;
  /** Its first moment, and that of the day after. */
  readonly start: Date;
  readonly end: Date;
  /** Where only a part of it is looked at: its end. */
  readonly until?: Date;
}

/** The day that ended last. */
export const dayEnded = (now: Date, timeZone: string): Day => dayOn(shifted(dateAt(now, timeZone), -1), timeZone);

export const daySoFar = (now: Date, timeZone: string): Day => ({
  ...dayOn(dateAt(now, timeZone), timeZone),
  until: now,
});

/** The day before; as much of it as of this one, so that the two compare. */
export function dayBefore({ date, timeZone, start, until }: Day): Day {
  const before = dayOn(shifted(date, -1), timeZone);
  if (until === undefined) return before;
  return { ...before, until: new Date(before.start.getTime() + until.getTime() - start.getTime()) };
}

export const isWithin = ({ start, end, until = end }: Day, time: string): boolean => {
  const at = Date.parse(time);
  return start.getTime() <= at && at < until.getTime();
};

/** What the clocks showed at the beginning of each of its hours, `00` to `23`: twice the same where they were put back. */
export function clockHours({ start, end, timeZone }: Day): readonly string[] {
  const clock = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", hourCycle: "h23" });
  return Array.from({ length: Math.ceil((end.getTime() - start.getTime()) / hourMs) }, (_, hour) =>
    clock.format(start.getTime() + hour * hourMs),
  );
}

/** Which of its hours, counted from 0, a moment within it lies in. */
export const hourOf = ({ start }: Day, time: string): number =>
  Math.floor((Date.parse(time) - start.getTime()) / hourMs);

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

const dayOn = (date: string, timeZone: string): Day => ({
  date,
  timeZone,
  start: firstMomentOf(date, timeZone),
  end: firstMomentOf(shifted(date, 1), timeZone),
});

/** Not simply midnight, which some clocks skip when they are put forward. */
function firstMomentOf(date: string, timeZone: string): Date {
  // The earth's clocks are at most 14 hours ahead of UTC, and 12 behind.
  const noon = Date.parse(`${date}T12:00:00Z`) / minuteMs;
  let [before, since] = [noon - 27 * 60, noon + 60];
  while (since - before > 1) {
    const middle = Math.floor((before + since) / 2);
    if (dateAt(new Date(middle * minuteMs), timeZone) < date) before = middle;
    else since = middle;
  }
  return new Date(since * minuteMs);
}

/** The date that clocks of the zone show, as `2026-11-22`. */
export function dateAt(moment: Date, timeZone: string): string {
  const parts = new Intl.DateTimeFormat("en", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" })
    .formatToParts(moment)
    .map(({ type, value }) => [type, value]);
  const { year, month, day } = Object.fromEntries(parts) as Record<string, string>;
  return `${year}-${month}-${day}`;
}

const shifted = (date: string, days: number) =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * 24 * hourMs).toISOString().slice(0, 10);
