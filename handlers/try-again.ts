import { endedBy, isMoving } from "./moving.ts";
import { pulledKey, resizedKey } from "./object-keys.ts";
import type { Catalog, ListObjects } from "./ports.ts";
import type { Actor, Cleared, Picture, PictureIn } from "./record.ts";
import type { Reminders } from "./reminder.ts";
import { tooExpensive } from "./step.ts";

export interface TryAgainDeps {
  readonly catalog: Pick<Catalog, "touch" | "forgive" | "move" | "remove">;
  /** What came in. */
  readonly listIncoming: ListObjects;
  /** What the steps leave to each other. */
  readonly listWorking: ListObjects;
  /** Tells ingest of an object, after so many seconds. */
  readonly announce: (keys: readonly string[], delaySeconds: number) => Promise<void>;
  readonly reminders: Pick<Reminders, "set">;
  readonly now: () => Date;
}

/** Far longer than taking a record out takes. */
const delaySeconds = 15;

/**
 * Has a picture's step be done anew, as if it had never been tried. It begins again where it was
 * accepted, or received, if it was given up as too expensive, or if what the step before left for
 * it has expired. Answers false when somebody else moved it meanwhile, or when there is nothing left
 * to try it with.
 */
export async function tryAgain(picture: Picture, deps: TryAgainDeps): Promise<boolean> {
  const { catalog, now, listIncoming, listWorking } = deps;
  const { pictureId } = picture;
  if (wasTooExpensive(picture)) {
    if ("original" in picture) return moveBack(picture, deps);
    return (await isThere(listIncoming, incomingKey(picture))) && enterAnew(picture, deps);
  }
  const pack = packOf(picture);
  if (pack !== undefined && !(await isThere(listWorking, pack))) return moveBack(picture, deps);
  if (isMoving(picture)) await catalog.forgive(pictureId, endedBy[picture.status]);
  return catalog.touch(picture, now().toISOString(), 0);
}

/** And can be tried again: its original has not been deleted since. */
export const wasTooExpensive = (picture: Picture): picture is PictureIn<"rejected"> =>
  picture.status === "rejected" && picture.reason.code === tooExpensive.code && picture.deletedAt === undefined;

/**
 * Whether archive may have something to do when a picture's reminder runs out again; of a forgotten one, to have
 * what it copied too late deleted. One that is wanted back has its reminder set when it is there.
 */
export const mayBeDue = ({ status, archive }: Picture): boolean =>
  (status === "published" && archive?.restoring === undefined) ||
  status === "rejected" ||
  status === "forgetting" ||
  status === "forgotten";

/** Wakes archive as time does: by a reminder that has run out. */
export async function remindAgain(picture: Picture, { reminders, now }: TryAgainDeps): Promise<true> {
  await reminders.set(picture, now());
  return true;
}

function packOf(picture: Picture): string | undefined {
  if (picture.status === "resized") return resizedKey(picture.pictureId);
  return picture.status === "compressed" ? picture.pack : undefined;
}

const incomingKey = ({ source, sourceId, pictureId }: Picture) =>
  source === "upload" || source === "bucket" ? sourceId : pulledKey(source, pictureId);

const isThere = async (list: ListObjects, key: string) =>
  (await list({ prefix: key, limit: 1 })).objects[0]?.key === key;

/** To where every step is done over: what they left behind meanwhile may have expired. */
async function moveBack(from: Picture & Partial<Cleared>, { catalog, now }: TryAgainDeps): Promise<boolean> {
  const steps: readonly Actor[] = ["moderate", "resize", "compress", "publish"];
  for (const actor of steps) await catalog.forgive(from.pictureId, actor);
  const status = from.acceptedBy === undefined ? "received" : "accepted";
  const again = { ...from, reason: undefined, quarantined: undefined, woken: undefined };
  return catalog.move(from.status, { ...again, status, changedAt: now().toISOString() } as PictureIn<typeof status>);
}

/** Its record goes, so that ingest takes it for new. The message is sent first, and seen after: no death in between loses it. */
async function enterAnew(picture: Picture, { catalog, announce }: TryAgainDeps): Promise<boolean> {
  await catalog.forgive(picture.pictureId, "ingest");
  await announce([incomingKey(picture)], delaySeconds);
  return catalog.remove(picture);
}
