import { formatsOf, sizesOf } from "../../handlers/pixels/levels.ts";
import type { Checked } from "../../settings-schema.ts";
import { assumed, measured, memory, type Step, steps } from "./assumptions.ts";

/** What an actor asks for one picture. */
export interface StepWork {
  readonly puts: number;
  readonly gets: number;
  /** Write units of DynamoDB, those of the indexes with them. */
  readonly writeUnits: number;
  readonly readUnits: number;
  /** Milliseconds that Lambda bills for it alone. */
  readonly ms: number;
  /** Those of them in which it waits for answers. */
  readonly waits: number;
}

/** What one photograph takes, from its arrival to the archive. */
export interface Work {
  readonly steps: Readonly<Record<Step, StepWork>>;
  readonly renditions: number;
  /** Bytes. */
  readonly original: number;
  readonly resized: number;
  readonly published: number;
  /** Of the smallest format at each responsive width: what a page loads, on average over the widths. */
  readonly view: number;
  /** The record at its end, as DynamoDB counts it. */
  readonly record: number;
  /** Indexes that hold it: by entry, and by who handed it in. */
  readonly indexes: number;
  /** Write units of DynamoDB for the record alone, in the table: as many go to each index. */
  readonly recordUnits: number;
  /** Those of them for what resize writes. */
  readonly resizedUnits: number;
}

type Settings = Pick<Checked, "renditions" | "compression" | "archive" | "people">;

/** A photograph of the camera's 4:3 that is no PNG: what other pictures take differs. */
export function workOf({ renditions, compression, archive, people }: Settings, megapixels: number): Work {
  const width = Math.round(Math.sqrt((megapixels * 1e6 * 4) / 3));
  const sizes = sizesOf({ width, height: Math.round((width * 3) / 4) }, renditions.widths);
  const made = sizes.flatMap((size) =>
    formatsOf(size, "jpeg", false, renditions.formats).map((format) => ({
      format: format as "jpeg" | "webp" | "avif",
      megapixels: (size.width * size.height) / 1e6,
      responsive: size.responsive,
    })),
  );
  const encoder = measured.compress[compression.preset];
  const cpuMs: Record<Step, number> = {
    ingest: measured.cpuMs.ingestPerMegapixel * megapixels,
    moderate: measured.cpuMs.moderatePerMegapixel * megapixels,
    resize: measured.cpuMs.resizePerMegapixel * megapixels,
    compress: sum(made.map((each) => encoder[each.format].cpuMs * each.megapixels)),
    publish: measured.cpuMs.publish,
    archive: measured.cpuMs.archive,
  };
  const record = recordBytes(sizes.length, made.length);
  const bytes = (each: (typeof made)[number]) => encoder[each.format].bytes * each.megapixels;
  const original = measured.photograph.bytesPerMegapixel * megapixels;
  const resized = sum(sizes.map((size) => size.width * size.height * 3));
  const published = sum(made.map(bytes));
  const moved: Record<Step, number> = {
    ingest: original,
    moderate: original,
    resize: original + resized,
    compress: resized + published,
    publish: 2 * published,
    archive: 0,
  };
  const indexes = people.uploaders.length > 0 ? 2 : 1;
  const asked = asks(made.length, archive !== undefined);
  const work = (step: Step): StepWork => {
    const { puts, gets, removes, reads, writes, small } = asked[step];
    const objects = puts + gets + removes;
    const records = reads.length + writes.length + small;
    const waits =
      objects * assumed.s3Ms + records * assumed.dynamodbMs + moved[step] / 1000 / assumed.s3MegabytesPerSecond;
    return {
      // The sender's own PUT is no work of ingest's.
      puts: puts + (step === "ingest" ? 1 : 0),
      gets,
      writeUnits: sum(writes.map((status) => units(record[status], 1024))) * (1 + indexes) + small,
      readUnits: sum(reads.map((status) => units(status === "nothing" ? 0 : record[status], 4096))),
      ms: (cpuMs[step] + (objects + records) * assumed.callCpuMs) * (assumed.megabytesPerVcpu / memory[step]) + waits,
      waits,
    };
  };
  const responsive = made.filter((each) => each.responsive);
  const smallest = new Map<number, number>();
  for (const each of responsive)
    smallest.set(each.megapixels, Math.min(bytes(each), smallest.get(each.megapixels) ?? Number.POSITIVE_INFINITY));
  return {
    steps: Object.fromEntries(steps.map((step) => [step, work(step)])) as Record<Step, StepWork>,
    renditions: made.length,
    original,
    resized,
    published,
    view: sum([...smallest.values()]) / smallest.size,
    record: archive === undefined ? record.published : record.archived,
    indexes,
    recordUnits: sum(steps.flatMap((step) => asked[step].writes.map((status) => units(record[status], 1024)))),
    resizedUnits: units(record.resized, 1024),
  };
}

type Written = keyof typeof measured.recordBytes;

export interface Asks {
  readonly puts: number;
  readonly gets: number;
  readonly removes: number;
  /** Status at which the record is read. */
  readonly reads: readonly (Written | "nothing")[];
  readonly writes: readonly Written[];
  /** Writes of the small items beside the record: attempts, the claim, the reminder. */
  readonly small: number;
}

/** Calls of each actor. A test runs a picture through the handlers and counts them. */
export function asks(renditions: number, isArchived: boolean): Readonly<Record<Step, Asks>> {
  const reminder = isArchived ? 1 : 0;
  const nothing: Asks = { puts: 0, gets: 0, removes: 0, reads: [], writes: [], small: 0 };
  const archive: Asks = { puts: 1, gets: 5, removes: 1, reads: ["published"], writes: ["archived"], small: 0 };
  return {
    ingest: { puts: 1, gets: 2, removes: 0, reads: ["nothing"], writes: ["received"], small: 2 },
    moderate: { puts: 0, gets: 1, removes: 0, reads: ["received"], writes: ["accepted"], small: 1 },
    resize: { puts: 1, gets: 1, removes: 0, reads: ["accepted"], writes: ["resized"], small: 1 },
    compress: { puts: 1, gets: 1, removes: 1, reads: ["resized"], writes: ["compressed"], small: 1 },
    publish: {
      puts: renditions,
      gets: 1,
      removes: 1,
      reads: ["compressed"],
      writes: ["published"],
      small: 1 + reminder,
    },
    archive: isArchived ? archive : nothing,
  };
}

/** Bytes of a record at each status, by what it lists. */
export function recordBytes(levels: number, renditions: number): Readonly<Record<Written, number>> {
  return Object.fromEntries(
    Object.entries(measured.recordBytes).map(([status, { base, level, rendition }]) => [
      status,
      base + level * levels + rendition * renditions,
    ]),
  ) as Record<Written, number>;
}

const units = (bytes: number, each: number) => Math.max(1, Math.ceil(bytes / each));
const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);
