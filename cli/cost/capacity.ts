import type { Checked } from "../../settings-schema.ts";
import { assumed, measured, steps } from "./assumptions.ts";
import type { Asked } from "./bill.ts";
import { drain, type Stage } from "./drain.ts";
import { limits } from "./limits.ts";
import { type Work, workOf } from "./work.ts";

export interface Limit {
  readonly what: string;
  /** How much of it is used, and how much there is. */
  readonly used: number;
  readonly most: number;
  readonly unit: string;
  /** Above 1 it breaks. */
  readonly share: number;
  /** What moves it. */
  readonly moves: string;
}

export interface Rush extends Asked {
  /** In which they come, evenly. */
  readonly days: number;
}

/** What of each limit the pictures take, the tightest first. */
export function capacityOf(settings: Checked, rush: Rush): readonly Limit[] {
  const work = workOf(settings, rush.megapixels);
  const rate = rush.pictures / (rush.days * 86_400);
  return [
    ...machines(settings, work, rate, rush.unsure),
    ...tables(work, rate, rush),
    ...waits(settings, work, rush),
    ...readers(settings, work, rush),
  ].sort((a, b) => b.share - a.share);
}

const limit = (what: string, used: number, most: number, unit: string, moves: string): Limit => ({
  what,
  used,
  most,
  unit,
  share: used / most,
  moves,
});

/** Shards of the stream: one for each partition of the table, which grow with its writes; ten batches of each at once. */
const shardsFor = (work: Work, rate: number) =>
  Math.max(4, Math.ceil((rate * writesOf(work)) / limits.partitionWrites.most));
const writesOf = (work: Work) => steps.reduce((sum, step) => sum + work.steps[step].writeUnits, 0);
const batches = 10;

function machines({ moderation }: Checked, { steps: done, renditions }: Work, rate: number, unsure: number): Limit[] {
  const busy = steps.reduce((sum, step) => sum + (rate * done[step].ms) / 1000, 0);
  const asksRekognition = [moderation.screen, moderation.escalate].includes("rekognition");
  const shareAsked = moderation.screen === "rekognition" ? 1 : unsure;
  return [
    limit(
      "Lambda: functions at work",
      busy,
      limits.concurrency.most,
      "at once",
      "AWS raises the account's quota when asked",
    ),
    limit(
      "S3: renditions put",
      rate * renditions,
      limits.prefixPuts.most,
      "a second",
      "nothing to do: keys begin with the picture's id, and S3 divides as it grows",
    ),
    ...(asksRekognition
      ? [
          limit(
            "Rekognition",
            rate * shareAsked,
            limits.rekognition.most,
            "calls a second",
            "moderation.screen: nsfwjs, or AWS raises the quota",
          ),
        ]
      : []),
  ];
}

function tables(work: Work, rate: number, { unsure }: Rush): Limit[] {
  const perSecond = rate * work.recordUnits;
  const own = limits.partitionWrites.most;
  return [
    limit(
      "DynamoDB: writes of the table",
      rate * (writesOf(work) - work.recordUnits * work.indexes),
      limits.tableWrites.most,
      "units a second",
      "AWS raises the table's quota; a new table begins with 4,000 (warm throughput raises it)",
    ),
    limit(
      "DynamoDB: index by-entry, 8 keys",
      perSecond,
      8 * own,
      "units a second",
      "more shards in handlers/aws/catalog-list.ts; fewer renditions.formats and widths make records smaller",
    ),
    ...(work.indexes > 1
      ? [
          limit(
            "DynamoDB: index by-uploader, all from one person",
            perSecond,
            own,
            "units a second",
            "quotas.filesPerPerson; many pictures better come from a source",
          ),
        ]
      : []),
    limit(
      "DynamoDB: index in-review, 1 key",
      rate * unsure * Math.ceil(measured.recordBytes.accepted.base / 1024),
      own,
      "units a second",
      "moderation.reviewAbove, greyscale: screen, escalate",
    ),
  ];
}

/** Hours for which a change of the stream may wait (components/status-trigger.ts), and a message of the intake. */
const streamHours = 6;
const queueHours = 4 * 24;

function waits(settings: Checked, work: Work, { pictures, days }: Rush): Limit[] {
  const { concurrency } = settings;
  const rate = pictures / (days * 86_400);
  const shards = shardsFor(work, rate);
  const stage = (name: "moderate" | "resize" | "compress" | "publish"): Stage => ({
    name,
    atOnce: Math.min(concurrency[name] ?? Number.POSITIVE_INFINITY, shards * batches),
    seconds: work.steps[name].ms / 1000,
    patience: streamHours,
  });
  const ingest = {
    name: "ingest",
    atOnce: concurrency.ingest ?? 10,
    seconds: work.steps.ingest.ms / 1000,
    patience: queueHours,
  };
  const stages: readonly Stage[] = [ingest, ...(["moderate", "resize", "compress", "publish"] as const).map(stage)];
  const { waits: longest } = drain(pictures, days * 24, stages);
  return stages.map(({ name, patience }) =>
    limit(
      `wait before ${name}`,
      longest[name]!,
      patience,
      "hours",
      name === "ingest"
        ? `concurrency.ingest (${ingest.atOnce})`
        : `concurrency.${name} up, or concurrency.ingest down so that the wait is in the queue; redrive brings back what was put aside`,
    ),
  );
}

/**
 * What reads all records of some days, in one function's time: a megabyte a page from eight partitions at once, and
 * the CPU time to take apart what comes. The last is `shown` bytes of each.
 */
function readers({ export: exported }: Checked, work: Work, { pictures, days }: Rush): Limit[] {
  const seconds = (most: number, megabytes: number, shown: number) => {
    const records = (pictures / days) * Math.min(most, days);
    const pages = (records * work.record) / 1e6;
    const share = Math.min(1, megabytes / assumed.megabytesPerVcpu);
    return (
      (pages / 8) * (assumed.pageMs / 1000) + (records * shown) / 1e6 / (measured.listedMegabytesPerSecond * share)
    );
  };
  const exportDays = exported?.days ?? 35;
  const nothing = "nothing yet: it reads each record, whatever it shows of it";
  return [
    limit("darkroom status: the last 31 days", seconds(31, 512, glance), 15, "seconds", nothing),
    limit("digest: the last 2 days", seconds(2, 1024, work.record), 300, "seconds", nothing),
    limit(`export: the last ${exportDays} days`, seconds(exportDays, 1024, work.record), 900, "seconds", "export.days"),
  ];
}

/** Bytes of what `tally` asks for of a record: id, name, status and a time. */
const glance = 160;
