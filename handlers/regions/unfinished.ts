import { movingStatuses } from "../moving.ts";
import type { Sweep } from "../ports.ts";
import type { Picture } from "../record.ts";

export interface UnfinishedDeps {
  /** Over the pictures that are at home in a Region. */
  readonly sweepOf: (region: string) => Sweep;
  readonly now: () => Date;
}

/** As far as `darkroom status` looks. */
const daysBack = 31;

/** The pictures at home in a Region that are still on their way, a stretch at a time; one may hold none. */
export async function* unfinishedIn(
  region: string,
  { sweepOf, now }: UnfinishedDeps,
): AsyncGenerator<readonly Picture[], void, undefined> {
  let next: string | undefined;
  do {
    const page = await sweepOf(region)({
      statuses: movingStatuses,
      enteredSince: new Date(now().getTime() - daysBack * 24 * 3600_000).toISOString(),
      changedBefore: now().toISOString(),
      next,
    });
    yield page.pictures;
    next = page.next;
  } while (next !== undefined);
}
