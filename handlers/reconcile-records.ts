import { movingStatuses } from "./moving.ts";
import type { Catalog, Sweep } from "./ports.ts";
import type { Place } from "./reconcile-objects.ts";
import type { Turns } from "./turns.ts";

export interface RecordsDeps {
  readonly catalog: Pick<Catalog, "touch">;
  readonly sweep: Sweep;
  readonly place: { readonly records: Place<RecordsPlace> };
  /** For how long a record stands still before each of its wakings. */
  readonly turns: { readonly records: Turns };
  readonly now: () => Date;
}

export interface RecordsPlace {
  readonly next?: string;
}

/** What entered earlier is left to whoever looks at `darkroom status`. */
const daysBack = 7;
const marginMs = 20_000;

/**
 * Looks for records that stand still at a step, and wakes the actor whose turn it is: each record is
 * written again as it is, which its stream tells as a change. An actor may be woken for nothing at
 * any time: it does its work over the same keys, and moves the record by one conditional write.
 */
export async function wakeRecords(
  { catalog, sweep, place, turns, now }: RecordsDeps,
  timeLeft: () => number,
): Promise<{ readonly still: number; readonly woken: number; readonly stuck: number }> {
  let [still, woken, stuck] = [0, 0, 0];
  let { next } = (await place.records.load()) ?? {};
  do {
    const page = await sweep({
      statuses: movingStatuses,
      enteredSince: minutesBefore(now(), daysBack * 24 * 60),
      changedBefore: minutesBefore(now(), turns.records[0] ?? 0),
      next,
    });
    for (const picture of page.pictures) {
      still += 1;
      const times = picture.woken ?? 0;
      const after = turns.records[times];
      if (after === undefined) stuck += 1;
      else if (picture.changedAt < minutesBefore(now(), after))
        if (await catalog.touch(picture, now().toISOString(), times + 1)) woken += 1;
    }
    next = page.next;
    await place.records.save({ next });
  } while (next !== undefined && timeLeft() > marginMs);
  return { still, woken, stuck };
}

const minutesBefore = (time: Date, minutes: number) => new Date(time.getTime() - minutes * 60_000).toISOString();
