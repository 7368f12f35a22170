import { Readable } from "node:stream";
import type { Catalog, Log, ObjectStore } from "../ports.ts";
import type { Picture } from "../record.ts";
import { pictures, type RenditionRow, renditions, renditionsOf } from "./columns.ts";
import { dayAfter, daysFrom, firstMomentOf, lastDays } from "./days.ts";
import { askedKey, partKey, type TableName } from "./keys.ts";
import { parquetOf } from "./parquet.ts";

/** What it is woken with: nothing by its schedule, or the days that an operator asked for. */
export interface ExportCall {
  readonly asked?: ExportAsked;
}

export interface ExportAsked {
  /** Of `asked/<id>.json`, which says how far it is. */
  readonly id: string;
  /** First and last day by UTC, such as `2026-11-23`. */
  readonly from: string;
  readonly to: string;
}

export interface ExportProgress extends Omit<ExportAsked, "id"> {
  readonly finished: boolean;
  readonly days: readonly ExportedDay[];
}

export interface ExportedDay {
  readonly day: string;
  /** Rows of each table. */
  readonly pictures: number;
  readonly renditions: number;
}

/** Days of which something left, long after they were exported. */
export interface Marks {
  all(): Promise<readonly Mark[]>;
  /** Removes exactly this mark, not one that was set later. */
  remove(mark: Mark): Promise<void>;
}
export interface Mark {
  readonly day: string;
  /** When it was set, ISO 8601. */
  readonly at: string;
}

export interface ExportDeps {
  readonly catalog: Pick<Catalog, "list">;
  /** The bucket of the exports. An object comes to be, or replaces another, only when it is whole. */
  readonly exports: Pick<ObjectStore, "upload" | "write">;
  readonly marks: Marks;
  /** How many days back the schedule exports again. */
  readonly days: number;
  readonly now: () => Date;
  readonly log: Log;
}

/**
 * Writes the catalog, day by day of entry, as one Parquet file for each table and day, in memory
 * that does not grow with them. By schedule those are the last days, whose pictures still change, and
 * every day of which a picture was forgotten. Doing it again, or twice at a time, overwrites the same files.
 */
export const createExport =
  (deps: ExportDeps) =>
  async ({ asked }: ExportCall): Promise<void> => {
    await (asked === undefined ? exportWhatChanged(deps) : exportAsked(deps, asked));
  };

/**
 * A mark is a day's work for more than one night: a listing may lag behind the table, and an export that
 * began before the mark may end after the one that heeded it.
 */
const markStaysMs = 24 * 3_600_000;

async function exportWhatChanged(deps: ExportDeps): Promise<void> {
  const { marks, now, days } = deps;
  const startedAt = now();
  const marked = await marks.all();
  const all = new Set([...marked.map(({ day }) => day), ...lastDays(startedAt, days)]);
  for (const day of [...all].sort()) await exportDay(deps, day);
  for (const mark of marked) if (startedAt.getTime() - Date.parse(mark.at) > markStaysMs) await marks.remove(mark);
}

async function exportAsked(deps: ExportDeps, { id, from, to }: ExportAsked): Promise<void> {
  const days: ExportedDay[] = [];
  const say = (finished: boolean) => {
    const progress: ExportProgress = { from, to, finished, days };
    return deps.exports.write(askedKey(id), Buffer.from(JSON.stringify(progress)), { contentType: "application/json" });
  };
  for (const day of daysFrom(from, to)) {
    days.push(await exportDay(deps, day));
    await say(false);
  }
  await say(true);
}

/** The day's records are read once for each table, so that none has to be held: the second may know more of a picture. */
async function exportDay({ catalog, exports, log }: ExportDeps, day: string): Promise<ExportedDay> {
  const counts: Record<TableName, number> = { pictures: 0, renditions: 0 };
  const save = (table: TableName, file: AsyncIterable<Buffer>) =>
    exports.upload(partKey(table, day), Readable.from(file, { objectMode: false }), {
      contentType: "application/vnd.apache.parquet",
      metadata: {},
    });
  await save("pictures", parquetOf(pictures.columns, counted("pictures", picturesOf(catalog, day))));
  await save("renditions", parquetOf(renditions.columns, counted("renditions", renditionsOn(catalog, day))));
  log("exported", { actor: "export", day, ...counts });
  return { day, ...counts };

  async function* counted<Row>(table: TableName, rows: AsyncIterable<Row>): AsyncGenerator<Row> {
    for await (const row of rows) {
      counts[table] += 1;
      yield row;
    }
  }
}

/** All that entered on a day, but what is to be forgotten. */
async function* picturesOf(catalog: ExportDeps["catalog"], day: string): AsyncGenerator<Picture> {
  let next: string | undefined = firstMomentOf(dayAfter(day));
  do {
    const page: Awaited<ReturnType<Catalog["list"]>> = await catalog.list({ limit: 200, next });
    for (const picture of page.pictures) {
      if (picture.enteredAt < firstMomentOf(day)) return;
      if (picture.status !== "forgetting" && picture.status !== "forgotten") yield picture;
    }
    next = page.next;
  } while (next !== undefined);
}

async function* renditionsOn(catalog: ExportDeps["catalog"], day: string): AsyncGenerator<RenditionRow> {
  for await (const picture of picturesOf(catalog, day)) yield* renditionsOf(picture);
}
