import type { Actor, Status } from "../record.ts";
import type { Day } from "./day.ts";
import type { Cost, Figure, Summary } from "./summary.ts";

/** How the mail says figures, the same in HTML and in text. */

export const number = (value: number): string => new Intl.NumberFormat("en-GB").format(value);

export const pictures = (count: number): string => `${number(count)} ${count === 1 ? "picture" : "pictures"}`;

/** 3 234 567 → `3.2 MB`: thousands, as file managers count. */
export function bytes(count: number): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(count, 1)) / 3));
  return inUnits(count / 1000 ** power, units[power]!);
}

/** 38 → `38 ms`, 1240 → `1.2 sec`, 75000 → `1.3 min`. */
export function duration(ms: number): string {
  if (ms < 1000) return inUnits(Math.round(ms), "millisecond");
  return ms < 60_000 ? inUnits(ms / 1000, "second") : inUnits(ms / 60_000, "minute");
}

/** In whole percent, downwards: 99.97 % is not all. */
export const percent = (share: number): string => `${Math.floor(share * 100)} %`;

export const dollars = (amount: number): string =>
  new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" }).format(amount);

/** `$37.08 of $50.00` of the month's budget, or `$37.08` where there is none. */
export const spentOf = ({ inMonth: { dollars: amount, budget } }: Cost): string =>
  budget === undefined ? dollars(amount) : `${dollars(amount)} of ${dollars(budget)}`;

/** `November`. */
export const monthIn = ({ inMonth }: Cost): string => monthName(inMonth.month);

const monthName = (month: string) =>
  new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", month: "long" }).format(Date.parse(`${month}-01T00:00:00Z`));

/** `+12 % day on day`; in full where there is nothing to compare with. */
export function change({ now, before }: Figure): string {
  if (now === before) return "as the day before";
  if (before === 0) return "none the day before";
  const percent = Math.round((now / before - 1) * 100);
  return percent > 200 || percent === 0 ? `${number(before)} the day before` : `${signed(percent)} % day on day`;
}

/** `Sunday 22 November`, and `… until 14:05` where the day is not over. */
export const dateIn = ({ date, timeZone, until }: Day): string =>
  [dateOn(date), ...(until ? [`until ${clockAt(until, timeZone)}`] : [])].join(" ");

const dateOn = (date: string) =>
  new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", weekday: "long", day: "numeric", month: "long" }).format(
    Date.parse(`${date}T00:00:00Z`),
  );

const clockAt = (moment: Date, timeZone: string) =>
  new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit" }).format(moment);

/** `22 Nov, 14:05` by the day's clocks. */
export const moment = (iso: string, { timeZone }: Day): string =>
  new Intl.DateTimeFormat("en-GB", {
    timeZone,
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
  }).format(Date.parse(iso));

/** The day in one sentence. */
export function lead({ cameIn, published, rejected, duplicates }: Summary): string {
  if (cameIn.now === 0 && published.now === 0 && rejected.now === 0)
    return "A quiet day: nothing came in, and nothing went out.";
  const others = [
    ...(rejected.now > 0 ? [`${number(rejected.now)} rejected`] : []),
    ...(duplicates.now > 0 ? [`${number(duplicates.now)} known already`] : []),
  ].join(", ");
  return `${pictures(cameIn.now)} came in and ${number(published.now)} went out${others && `; ${others}`}.`;
}

/** What somebody should see to, in sentences; the most urgent first. */
export function concerns({ troubles, stuck, stuckSince, inReview, costs = [], day }: Summary): readonly string[] {
  const standing = stuck.reduce((sum, { count }) => sum + count, 0);
  const where = stuck.map(({ status, count }) => `${number(count)} ${standsAt[status] ?? status}`).join(", ");
  return [
    ...troubles.map(({ source, sentence, since }) => `Source ${source}, since ${moment(since, day)}: ${sentence}`),
    ...costs.flatMap(({ provider, inMonth: { stopped, month, budget = 0 } }) =>
      stopped
        ? [
            `The budget of ${dollars(budget)} for ${provider} in ${monthName(month)} is spent: it is called no more that month.`,
          ]
        : [],
    ),
    ...(standing > 0 && stuckSince !== undefined
      ? [
          `${pictures(standing)} ${standing === 1 ? "stands" : "stand"} still, the longest since ${moment(stuckSince, day)}: ${where}.`,
        ]
      : []),
    ...(inReview > 0 ? [`${pictures(inReview)} ${inReview === 1 ? "waits" : "wait"} for a reviewer.`] : []),
  ];
}

export const steps: Readonly<Record<Actor, string>> = {
  ingest: "Take in",
  moderate: "Moderate",
  resize: "Resize",
  compress: "Compress",
  publish: "Publish",
  "write-back": "Write back",
  archive: "Archive",
  restore: "Restore",
  forget: "Forget",
};

/** The sentence of one of so many: its figures are that one's. */
export const example = ({ count, sentence }: Summary["rejections"][number]): string =>
  count > 1 ? `Such as: ${sentence}` : sentence;

/** The hour in which most came in and went out, and what they were. */
export function busiest({ hours }: Summary): string {
  const most = hours.reduce((best, hour) =>
    hour.cameIn + hour.published > best.cameIn + best.published ? hour : best,
  );
  return `Busiest from ${most.clock}:00: ${number(most.cameIn)} in, ${number(most.published)} out`;
}

const standsAt: Readonly<Partial<Record<Status, string>>> = {
  received: "before moderation",
  accepted: "before resizing",
  resized: "before compression",
  compressed: "before publishing",
  forgetting: "being deleted",
};

const signed = (value: number) => `${value < 0 ? "−" : "+"}${Math.abs(value)}`;

function inUnits(value: number, unit: string): string {
  // American English, because it alone has sec without an s.
  const digits = value >= 10 || Number.isInteger(value) ? 0 : 1;
  return new Intl.NumberFormat("en-US", {
    style: "unit",
    unit,
    unitDisplay: unit === "byte" ? "long" : "short",
    maximumFractionDigits: digits,
  }).format(value);
}
