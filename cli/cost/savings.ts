import type { Checked } from "../../settings-schema.ts";
import { type Asked, billOf, sumOf } from "./bill.ts";
import { prices } from "./prices.ts";

export interface Saving {
  readonly what: string;
  /** US dollars, of what is paid once. */
  readonly dollars: number;
}

/** What the settings save against the plain way, and what could be saved. Each is the difference of two bills. */
export function savingsOf(settings: Checked, asked: Asked): readonly Saving[] {
  const once = (changed: Checked, how: Partial<Asked> = {}) => sumOf(billOf(changed, { ...asked, ...how }).once);
  const { moderation, retention } = settings;
  const pair = { ...settings, moderation: { ...moderation, screen: "nsfwjs", escalate: "rekognition" } } as const;
  const all = { ...settings, moderation: { ...moderation, screen: "rekognition", escalate: undefined } } as const;
  const short = { ...settings, retention: { ...retention, workingDays: 1 } };
  const unsure = `${asked.unsure * 100} % unsure`;
  return [
    {
      what: `asking nsfwjs first and Rekognition where that is unsure (${unsure}), against Rekognition for all`,
      dollars: once(all) - once(pair),
    },
    {
      what: "each 1 % of duplicates: they end with ingest",
      dollars: (once(settings, { duplicates: 0 }) - once(settings, { duplicates: 0.5 })) / 50,
    },
    {
      what: "one tar for each hand-over in place of an object for each size and rendition",
      dollars: handOvers(settings, asked),
    },
    {
      what: `retention.workingDays: 1 in place of ${retention.workingDays}, not taken`,
      dollars: once(settings) - once(short),
    },
  ];
}

/** A PUT for each, which the tars do not take. */
function handOvers(settings: Checked, asked: Asked): number {
  const { work } = billOf(settings, asked);
  const levels = settings.renditions.widths.length + 3;
  return asked.pictures * (1 - asked.duplicates) * (levels - 1 + work.renditions - 1) * prices.s3Put.dollars;
}
