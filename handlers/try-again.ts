import { endedBy, isMoving } from "./moving.ts";
import { pulledKey } from "./object-keys.ts";
import type { Catalog, ListObjects } from "./ports.ts";
import type { Actor, Cleared, Picture, PictureIn, Seen } from "./record.ts";
import { tooExpensive } from "./step.ts";

export interface TryAgainDeps {
  readonly catalog: Pick<Catalog, "touch" | "forgive" | "move" | "remove">;
  /** What came in. */
  readonly listIncoming: ListObjects;
  /** Tells ingest of an object, after so many seconds. */
  readonly announce: (keys: readonly string[], delaySeconds: number) => Promise<void>;
  readonly now: () => Date;
}

/** Far longer than taking a record out takes. */
const delaySeconds = 15;

/**
 * Has a picture's step be done anew, as if it had never been tried; one that was given up as too
 * expensive begins again where it was accepted, or received. Answers false when somebody else moved
 * it meanwhile, or when there is nothing left to try it with.
 */
export async function tryAgain(picture: Picture, deps: TryAgainDeps): Promise<boolean> {
  const { catalog, now } = deps;
  const { pictureId } = picture;
  const at = now().toISOString();
  if (wasTooExpensive(picture)) return "original" in picture ? moveBack(picture, deps) : enterAnew(picture, deps);
  if (isMoving(picture)) await catalog.forgive(pictureId, endedBy[picture.status]);
  return catalog.touch(picture, at, 0);
}

export const wasTooExpensive = (picture: Picture): picture is PictureIn<"rejected"> =>
  picture.status === "rejected" && picture.reason.code === tooExpensive.code;

/** To where every step is done over: what they left behind meanwhile may have expired. */
async function moveBack(
  { reason: _reason, quarantined: _quarantined, ...picture }: PictureIn<"rejected"> & Partial<Cleared>,
  { catalog, now }: TryAgainDeps,
): Promise<boolean> {
  const steps: readonly Actor[] = ["moderate", "resize", "compress", "publish"];
  for (const actor of steps) await catalog.forgive(picture.pictureId, actor);
  const status = picture.acceptedBy === undefined ? "received" : "accepted";
  return catalog.move("rejected", { ...picture, status, changedAt: now().toISOString() } as PictureIn<typeof status>);
}

/** Its record goes, so that ingest takes it for new. The message is sent first, and seen after: no death in between loses it. */
async function enterAnew(picture: Picture & Partial<Seen>, deps: TryAgainDeps): Promise<boolean> {
  const { catalog, listIncoming, announce } = deps;
  const { source, sourceId, pictureId } = picture;
  const key = source === "upload" || source === "bucket" ? sourceId : pulledKey(source, pictureId);
  const { objects } = await listIncoming({ prefix: key, limit: 1 });
  if (objects[0]?.key !== key) return false;
  await catalog.forgive(pictureId, "ingest");
  await announce([key], delaySeconds);
  return catalog.remove(picture);
}
