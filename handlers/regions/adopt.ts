import { type MovingStatus, movingStatuses } from "../moving.ts";
import type { Catalog, Page, Sweep } from "../ports.ts";
import type { Picture } from "../record.ts";
import { startedOver } from "../try-again.ts";
import { heirAmong, type Replica, statesOf } from "./state.ts";

export interface AdoptDeps {
  readonly catalog: Pick<Catalog, "adopt" | "forgive">;
  readonly here: Replica;
  /** Of the stack; the first is home to what there is once. */
  readonly regions: readonly string[];
  /** Over the pictures that are at home in a Region. */
  readonly sweepOf: (region: string) => Sweep;
  /** Minutes for which a Region must have been out: whoever worked there is done by then, or stopped. */
  readonly adoptAfter: number;
  readonly now: () => Date;
}

/** As far as `darkroom status` looks. */
const daysBack = 31;
const marginMs = 20_000;

/**
 * Takes over what a Region that is out has not finished. Each picture is moved here by one conditional
 * write, which wakes this Region's own actors; it begins again where all that is needed has been
 * replicated: its record and its original. May be done twice, and again after the Region's last
 * changes have arrived. Answers how many it took over.
 */
export async function adoptStranded(deps: AdoptDeps, timeLeft: () => number): Promise<number> {
  const { here, regions, now } = deps;
  if (regions.length === 1) return 0;
  const states = await statesOf(here, regions);
  if (heirAmong(regions, states) !== here.region) return 0;
  const due = new Date(now().getTime() - deps.adoptAfter * 60_000).toISOString();
  let adopted = 0;
  for (const [region, state] of states)
    if (state?.out && state.at <= due) adopted += await adoptAll(region, deps, timeLeft);
  return adopted;
}

async function adoptAll(region: string, deps: AdoptDeps, timeLeft: () => number): Promise<number> {
  const { sweepOf, now } = deps;
  let adopted = 0;
  let next: string | undefined;
  do {
    const page: Page = await sweepOf(region)({
      statuses: movingStatuses,
      enteredSince: new Date(now().getTime() - daysBack * 24 * 3600_000).toISOString(),
      changedBefore: now().toISOString(),
      next,
    });
    for (const picture of page.pictures) if (await adopt(picture, deps)) adopted += 1;
    next = page.next;
  } while (next !== undefined && timeLeft() > marginMs);
  return adopted;
}

async function adopt(picture: Picture, { catalog, here, now }: AdoptDeps): Promise<boolean> {
  // Attempts that its Region was in the middle of are not held against it.
  for (const actor of ["moderate", "resize", "compress", "publish"] as const)
    await catalog.forgive(picture.pictureId, actor);
  return catalog.adopt(picture, {
    ...(canStartOver(picture) ? startedOver(picture, now()) : { ...picture, changedAt: now().toISOString() }),
    homeRegion: here.region,
    adoptedFrom: picture.homeRegion,
  });
}

/** What is on its way out goes on so. */
const canStartOver = ({ status }: Picture) => (status as MovingStatus) !== "forgetting";
