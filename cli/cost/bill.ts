import type { Checked } from "../../settings-schema.ts";
import { assumed, memory, type Step, steps } from "./assumptions.ts";
import { type PriceName, prices } from "./prices.ts";
import { type Work, workOf } from "./work.ts";

export interface Asked {
  readonly pictures: number;
  readonly megapixels: number;
  /** Views of each picture in all. */
  readonly views: number;
  /** Share of pictures that the first moderator is unsure of, and asks the second about. */
  readonly unsure: number;
  /** Share of pictures whose bytes were there before. */
  readonly duplicates: number;
}

export interface Line {
  readonly group:
    | "Lambda"
    | "S3"
    | "DynamoDB"
    | "Messages"
    | "CloudWatch"
    | "Moderation"
    | "Compression"
    | "CDN"
    | "Archive";
  readonly item: string;
  readonly quantity: number;
  /** Of one; a setting of the stack where it has no list price. */
  readonly price: PriceName | `prices.${string}`;
  readonly dollars: number;
}

export interface Bill {
  /** Paid once for these pictures. */
  readonly once: readonly Line[];
  /** Paid each month for as long as they are there. */
  readonly monthly: readonly Line[];
  readonly work: Work;
}

/** What pictures cost by item, in US dollars. */
export function billOf(settings: Checked, asked: Asked): Bill {
  const { retention, archive, moderation, compression } = settings;
  const { pictures, views, unsure, duplicates } = asked;
  const work = workOf(settings, asked.megapixels);
  const whole = pictures * (1 - duplicates);
  // A duplicate ends with ingest.
  const of = (step: Step) => (step === "ingest" ? pictures : whole);
  const total = (each: "puts" | "gets" | "writeUnits" | "readUnits", among: readonly Step[] = chain) =>
    among.reduce((sum, step) => sum + of(step) * work.steps[step][each], 0);
  const chain = steps.filter((step) => step !== "archive");
  const runs = steps.filter((step) => archive !== undefined || step !== "archive");
  const calls = runs.reduce((sum, step) => sum + of(step), 0);
  const gigabytes = (bytes: number, many = whole) => (bytes * many) / 1e9;
  const months = (days: number) => days / 30.4;
  const logs = (calls * assumed.logBytes) / 1e9;
  const screens = moderation.screen === "nsfwjs" ? 0 : pictures * (1 - duplicates);
  const second = moderation.escalate === undefined || moderation.escalate === "nsfwjs" ? 0 : whole * unsure;

  const once: Line[] = [
    ...runs.map((step) =>
      priced(
        "Lambda",
        `${step}, ${Math.round(work.steps[step].ms)} ms at ${memory[step]} MB`,
        "lambdaSecond",
        (of(step) * work.steps[step].ms * memory[step]) / 1000 / 1024,
      ),
    ),
    priced("Lambda", "invocations", "lambdaRequest", calls),
    priced("S3", `PUTs and COPYs, of them ${work.renditions} renditions`, "s3Put", total("puts")),
    priced("S3", "GETs and HEADs", "s3Get", total("gets", runs)),
    priced(
      "S3",
      `originals as they came, ${retention.incomingDays} days`,
      "s3Month",
      gigabytes(work.original, pictures) * months(retention.incomingDays),
    ),
    priced("DynamoDB", `writes, with ${work.indexes} of the indexes`, "tableWrite", total("writeUnits", runs)),
    priced("DynamoDB", "reads", "tableRead", total("readUnits", runs)),
    priced("Messages", "events of new objects", "event", pictures),
    priced("Messages", "intake queue: send, receive, delete", "queueRequest", 3 * pictures),
    priced("CloudWatch", "log taken in", "logs", logs),
    priced("CloudWatch", `log kept, ${retention.logsDays} days`, "logsMonth", logs * months(retention.logsDays)),
    priced("CloudWatch", "traces", "trace", calls * assumed.traced),
    ...paid(settings, "Moderation", `first look: ${moderation.screen}`, moderation.screen, screens),
    ...paid(settings, "Moderation", `second look: ${moderation.escalate}`, moderation.escalate, second),
    ...paid(
      settings,
      "Compression",
      "tinify, a call a rendition",
      compression.kind,
      compression.kind === "tinify" ? whole * work.renditions : 0,
    ),
    priced("CDN", `${views} views of each picture`, "cdnOut", gigabytes(work.view) * views),
    priced("CDN", "requests", "cdnRequest", whole * views),
    priced("CDN", "firewall in front", "webAclRequest", whole * views),
  ];
  const monthly: Line[] = [
    priced("S3", "published pictures", "s3Month", gigabytes(work.published)),
    priced("DynamoDB", "records and their indexes", "tableMonth", gigabytes(work.record * (1 + work.indexes))),
    priced("DynamoDB", "recovery to any moment", "tableBackupMonth", gigabytes(work.record)),
  ];
  if (archive === undefined) monthly.push(priced("S3", "originals", "s3Month", gigabytes(work.original)));
  else {
    const { class: storage, afterDays } = archive;
    once.push(
      priced(
        "S3",
        `originals until they are archived, ${afterDays} days`,
        "s3Month",
        gigabytes(work.original) * months(afterDays),
      ),
      priced("Archive", `copies to ${storage}`, `archivePut${storage}`, whole),
    );
    monthly.push(priced("Archive", `originals in ${storage}`, `archiveMonth${storage}`, gigabytes(work.original)));
  }
  const isThere = ({ quantity }: Line) => quantity > 0;
  return { once: once.filter(isThere), monthly: monthly.filter(isThere), work };
}

export const sumOf = (lines: readonly Pick<Line, "dollars">[]) => lines.reduce((sum, { dollars }) => sum + dollars, 0);

const priced = (group: Line["group"], item: string, price: PriceName, quantity: number): Line => ({
  group,
  item,
  quantity,
  price,
  dollars: quantity * prices[price].dollars,
});

/** What the stack's own settings say that a call costs; these are whole millionths of a dollar. */
function paid(
  { prices: own }: Checked,
  group: Line["group"],
  item: string,
  provider: string | undefined,
  quantity: number,
): Line[] {
  if (provider !== "tinify" && provider !== "rekognition" && provider !== "http") return [];
  return [{ group, item, quantity, price: `prices.${provider}`, dollars: (quantity * (own[provider] ?? 0)) / 1e6 }];
}
