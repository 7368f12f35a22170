import type { Checked } from "../../settings-schema.ts";
import { assumed, memory } from "./assumptions.ts";
import { type Asked, billOf, sumOf } from "./bill.ts";
import { prices } from "./prices.ts";

export interface Saving {
  readonly what: string;
  /** US dollars, of what is paid once. */
  readonly dollars: number;
}

/** What the settings and the way of working save against the plain way. */
export function savingsOf(settings: Checked, asked: Asked): readonly Saving[] {
  const { moderation } = settings;
  const pair = { ...settings, moderation: { ...moderation, screen: "nsfwjs", escalate: "rekognition" } } as const;
  const all = { ...settings, moderation: { ...moderation, screen: "rekognition", escalate: undefined } } as const;
  const none = once(settings, { ...asked, duplicates: 0 });
  return [
    {
      what: `asking nsfwjs first and Rekognition where that is unsure (${asked.unsure * 100} % unsure), against Rekognition for all`,
      dollars: once(all, asked) - once(pair, asked),
    },
    {
      what: "each 1 % of duplicates: they end with ingest",
      dollars: (none - once(settings, { ...asked, duplicates: 0.5 })) / 50,
    },
    {
      what: "one tar for each hand-over in place of an object for each size and rendition",
      dollars: handOvers(settings, asked),
    },
    {
      what: `each tar deleted once it is taken up, in place of after ${settings.retention.workingDays} days`,
      dollars: leftovers(settings, asked),
    },
  ];
}

/** What could be done, and is not: each is worth so much of what is paid once. */
export const notTaken: readonly {
  readonly what: string;
  readonly of: (settings: Checked, asked: Asked) => number;
}[] = [
  {
    what: "uploads deleted by ingest once they are copied (now after `retention.incomingDays`)",
    of: (settings, asked) => itemOf(settings, asked, "originals as they came"),
  },
  {
    what: "`retention.incomingDays: 14`, as long as a dead-letter queue keeps its messages",
    of: (settings, asked) =>
      itemOf(settings, asked, "originals as they came") * (1 - 14 / settings.retention.incomingDays),
  },
  {
    what: "resize and compress in one function: no tar of bare pixels, one status and one call less",
    of: (settings, asked) => joined(settings, asked),
  },
  {
    what: "an index of the listed attributes alone, in place of whole records (1 unit a write)",
    of: (settings, asked) => {
      const { recordUnits, indexes } = billOf(settings, asked).work;
      return whole(asked) * indexes * (recordUnits - recordWrites) * prices.tableWrite.dollars;
    },
  },
  {
    what: "originals left in the bucket that they came into: no copy",
    of: (_, asked) => whole(asked) * prices.s3Put.dollars,
  },
];

const once = (settings: Checked, asked: Asked) => sumOf(billOf(settings, asked).once);
const whole = ({ pictures, duplicates }: Asked) => pictures * (1 - duplicates);
/** Each status of the chain is one write of the record. */
const recordWrites = 5;

const itemOf = (settings: Checked, asked: Asked, begins: string) =>
  sumOf(billOf(settings, asked).once.filter(({ item }) => item.startsWith(begins)));

/** A PUT for each, which the tars do not take. */
function handOvers(settings: Checked, asked: Asked): number {
  const { work } = billOf(settings, asked);
  const levels = settings.renditions.widths.length + 3;
  return whole(asked) * (levels - 1 + work.renditions - 1) * prices.s3Put.dollars;
}

function leftovers(settings: Checked, asked: Asked): number {
  const { resized, published } = billOf(settings, asked).work;
  const months = settings.retention.workingDays / 30.4;
  return (whole(asked) * (resized + published) * months * prices.s3Month.dollars) / 1e9;
}

/** The tar's PUT, GET, DELETE and their waits, and the record and the attempt between them. */
function joined(settings: Checked, asked: Asked): number {
  const { resized, resizedUnits, indexes } = billOf(settings, asked).work;
  const milliseconds = (2 * resized) / 1000 / assumed.s3MegabytesPerSecond + 3 * (assumed.s3Ms + assumed.dynamodbMs);
  return (
    whole(asked) *
    (prices.s3Put.dollars +
      prices.s3Get.dollars +
      (resizedUnits * (1 + indexes) + 1) * prices.tableWrite.dollars +
      prices.tableRead.dollars +
      prices.lambdaRequest.dollars +
      (milliseconds / 1000) * (memory.compress / 1024) * prices.lambdaSecond.dollars)
  );
}
