import type { Catalog } from "../ports.ts";
import type { Picture } from "../record.ts";
import { startedOver } from "../try-again.ts";
import { heirAmong, type Replica, statesOf } from "./state.ts";
import { type UnfinishedDeps, unfinishedIn } from "./unfinished.ts";

export interface AdoptDeps extends UnfinishedDeps {
  readonly catalog: Pick<Catalog, "replace" | "forgive">;
  readonly here: Replica;
  /** Of the stack; the first is home to what there is once. */
  readonly regions: readonly string[];
  /** Minutes for which a Region must have been out: whoever worked there is done by then, or stopped. */
  readonly adoptAfter: number;
}

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
  let adopted = 0;
  for await (const pictures of unfinishedIn(region, deps)) {
    for (const picture of pictures) if (await adopt(picture, deps)) adopted += 1;
    if (timeLeft() <= marginMs) break;
  }
  return adopted;
}

async function adopt(picture: Picture, { catalog, here, now }: AdoptDeps): Promise<boolean> {
  // Attempts that its Region was in the middle of are not held against it.
  for (const actor of ["moderate", "resize", "compress", "publish"] as const)
    await catalog.forgive(picture.pictureId, actor);
  return catalog.replace(picture, {
    ...(canStartOver(picture) ? startedOver(picture, now()) : { ...picture, changedAt: now().toISOString() }),
    homeRegion: here.region,
    adoptedFrom: picture.homeRegion,
  });
}

/** What is on its way out goes on so. */
const canStartOver = ({ status }: Picture) => status !== "forgetting";
