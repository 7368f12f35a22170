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
    ...waits(settings, rush),
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
/** Write units of the table alone: the indexes' partitions are others. */
const writesOf = (work: Work) =>
  steps.reduce((sum, step) => sum + work.steps[step].writeUnits, 0) - work.recordUnits * work.indexes;
const batches = 10;
/** Pictures that one call of it takes while others wait; those of a batch wait for their answers together. */
const batchOf = { moderate: 1, resize: 1, compress: 1, publish: 10 } as const;

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
      rate * writesOf(work),
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

/** The chain, with the queue before each of its actors. */
export function stagesOf(settings: Checked, { pictures, days, megapixels }: Rush): readonly Stage[] {
  const { concurrency } = settings;
  const work = workOf(settings, megapixels);
  const shards = shardsFor(work, pictures / (days * 86_400));
  const woken = (Object.keys(batchOf) as (keyof typeof batchOf)[]).map((name): Stage => {
    const { ms, waits } = work.steps[name];
    return {
      name,
      atOnce: Math.min(concurrency[name] ?? Number.POSITIVE_INFINITY, shards * batches),
      seconds: (ms - waits + waits / batchOf[name]) / 1000,
      patience: streamHours,
    };
  });
  const seconds = work.steps.ingest.ms / 1000;
  return [{ name: "ingest", atOnce: concurrency.ingest ?? 10, seconds, patience: queueHours }, ...woken];
}

/** What lets an actor work on more at once. */
export function moves({ concurrency }: Checked, { name, atOnce }: Stage): string {
  if (name === "ingest") return `concurrency.ingest (${atOnce})`;
  const own = concurrency[name as keyof typeof batchOf];
  return own === atOnce
    ? `concurrency.${name} (${own})`
    : `more shards than ${atOnce / batches}: the table's warm throughput; or concurrency.ingest down, so that the wait is in the queue`;
}

function waits(settings: Checked, rush: Rush): Limit[] {
  const stages = stagesOf(settings, rush);
  const { waits: longest } = drain(rush.pictures, rush.days * 24, stages);
  return stages.map((stage) =>
    limit(`wait before ${stage.name}`, longest[stage.name]!, stage.patience, "hours", moves(settings, stage)),
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
