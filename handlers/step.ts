import { cleanUpAfter, type ForgettingDeps } from "./forgetting.ts";
import type { Catalog, Log } from "./ports.ts";
import type { Actor, Cleared, Picture, PictureIn, Place, Reason, Status } from "./record.ts";
import type { Fence } from "./regions/fence.ts";
import type { Remind } from "./reminder.ts";

export interface StepDeps {
  readonly catalog: Catalog;
  readonly place: Place;
  readonly now: () => Date;
  readonly log: Log;
}

/** Of an actor that may bring a picture to its end. */
export interface ChainDeps extends StepDeps {
  readonly remind: Remind;
  readonly fence: Fence;
}

/** Deaths of the process over one picture after which the picture is held to blame. */
export const mostDeaths = 4;

export const tooExpensive: Reason = {
  code: "TOO_EXPENSIVE",
  sentence: `Working on this picture stopped the machine ${mostDeaths} times, so it was given up. Save it smaller and send it again.`,
};

/**
 * What every actor of the chain does around its own work: read the record, leave it alone if it
 * has moved on (and nothing behind of a picture that was forgotten meanwhile) or is another Region's
 * to work on, count the attempt before the risk, work, and move the record by one conditional write. Safe to run twice, out of order, or again after a crash anywhere.
 */
export const createStep =
  <F extends Status>(
    actor: Actor,
    from: F,
    deps: ChainDeps,
    work: (picture: PictureIn<F>) => Promise<Picture>,
    /** Hears of what became of the picture, once it is on record. */
    moved: (to: Picture) => void = () => {},
    /** Deletes what the step before left, of a picture that is past this one; whoever comes late asks as well, for one who died. */
    tidy: (past: Picture) => Promise<void> = async () => {},
  ) =>
  async (pictureId: string): Promise<void> => {
    const { catalog, place, now, log } = deps;
    const startedAt = now();
    const picture = await catalog.get(pictureId);
    if (picture?.status !== from) {
      await giveWay(deps, actor, picture);
      if (picture) await tidy(picture);
      return log("stale", { actor, pictureId, status: picture?.status ?? "gone" });
    }
    if (!(await deps.fence(picture))) return log("left", { actor, pictureId });

    const attempts = await catalog.attempt(pictureId, actor);
    try {
      const next: Picture =
        attempts.open > mostDeaths ? rejected(picture, tooExpensive) : await work(picture as PictureIn<F>);
      const endedAt = now();
      const ms = endedAt.getTime() - startedAt.getTime();
      const timing = { startedAt: startedAt.toISOString(), endedAt: endedAt.toISOString(), ms };
      const record: Picture = {
        ...next,
        ...place,
        changedAt: timing.endedAt,
        woken: undefined,
        timings: { ...picture.timings, [actor]: timing },
        attempts: { ...picture.attempts, [actor]: attempts.count },
      };
      await deps.remind(record);
      const isMoved = await catalog.move(from, record);
      if (isMoved) moved(next);
      else await giveWay(deps, actor, await catalog.get(pictureId));
      const reason = "reason" in next ? next.reason.code : undefined;
      log(isMoved ? next.status : "stale", { actor, pictureId, ms, reason });
      if (isMoved) await tidy(record);
    } catch (error) {
      await catalog.settle(pictureId, actor);
      throw error;
    }
  };

/** Whoever comes late may have set the reminder for an end that did not come to be, or written of what is forgotten. */
export async function giveWay(
  deps: ForgettingDeps & Pick<ChainDeps, "remind">,
  actor: string,
  found: Picture | undefined,
): Promise<void> {
  if (found !== undefined) await deps.remind(found);
  await cleanUpAfter(deps, actor, found);
}

/** Its original stays in the working bucket for a while, which nobody outside can see. */
export const rejected = (picture: Picture, reason: Reason): Picture =>
  ({ ...picture, status: "rejected", reason }) as PictureIn<"rejected">;

/** @throws Error `NOT_ACCEPTED` for a record that nobody let through. */
export function assertCleared(picture: Picture & Partial<Cleared>): void {
  if (!picture.acceptedBy)
    throw new Error(
      `NOT_ACCEPTED: expected an accepted moderation on record for ${picture.pictureId}, but there is none. It is not published.`,
    );
}
