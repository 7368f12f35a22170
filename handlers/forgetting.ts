import type { Catalog } from "./ports.ts";
import type { Picture, PictureIn, Place, Timing } from "./record.ts";

export interface ForgettingDeps {
  readonly catalog: Pick<Catalog, "get" | "move">;
  readonly now: () => Date;
}

/** Where a picture's file lies, which whoever has just seen it there knows better than a tombstone. */
type Origin = Pick<Picture, "sourceId" | "revision">;

/** Tries against actors that move the same record at the same time. */
const tries = 5;

/**
 * Says that a picture is to be deleted everywhere, which wakes the one who does it. Whatever it was
 * in the middle of finds out when it wants to move the record. Answers false when the record moved
 * on before every try, and undefined when there is none.
 */
export async function askToForget(
  { catalog, now }: ForgettingDeps,
  pictureId: string,
  forgottenBy: string,
  origin?: Origin,
): Promise<boolean | undefined> {
  for (let left = tries; left > 0; left--) {
    const picture = await catalog.get(pictureId);
    if (picture === undefined) return undefined;
    if (await catalog.move(picture.status, forgetting(picture, forgottenBy, now(), origin))) return true;
  }
  return false;
}

/**
 * For an actor that finds the picture it works on forgotten: what it wrote, now or before a crash,
 * may have come after everything was deleted. Sends the one who deletes round once more.
 * @throws Error `BUSY`, to be delivered again
 */
export async function cleanUpAfter(
  deps: ForgettingDeps,
  actor: string,
  found: Picture | undefined,
  origin?: Origin,
): Promise<void> {
  if (found?.status !== "forgetting" && found?.status !== "forgotten") return;
  const by = found.status === "forgetting" ? found.forgottenBy : actor;
  if (await askToForget(deps, found.pictureId, by, origin)) return;
  throw new Error(
    `BUSY: expected to mark ${found.pictureId} for another round of deletion, but its record kept changing. The next delivery tries again.`,
  );
}

const forgetting = (
  picture: Picture,
  forgottenBy: string,
  at: Date,
  { sourceId, revision }: Origin = picture,
): PictureIn<"forgetting"> => ({
  ...commonOf(picture),
  sourceId,
  revision,
  status: "forgetting",
  changedAt: at.toISOString(),
  forgottenBy,
  contentHash: "contentHash" in picture ? picture.contentHash : undefined,
});

/** What stays of a picture of which every byte is gone. */
export function tombstoneOf(picture: PictureIn<"forgetting">, place: Place, timing: Timing): PictureIn<"forgotten"> {
  const { uploader: _uploader, reviewedBy: _reviewedBy, ...rest } = commonOf(picture);
  return {
    ...rest,
    ...place,
    name: "",
    // A path says much. The id alone keeps the file from being taken again, and an upload's key is random.
    ...(picture.source !== "upload" && { sourceId: "", revision: "" }),
    status: "forgotten",
    changedAt: timing.endedAt,
    deletedAt: timing.endedAt,
    timings: { ...picture.timings, forget: timing },
  };
}

/** What every record has, without what was seen of the picture. */
function commonOf(picture: Picture) {
  const { pictureId, source, sourceId, revision, name, uploader, enteredAt, changedAt, homeRegion } = picture;
  const { environment, region, availabilityZone, instanceId, bytes, timings, attempts, reviewedBy } = picture;
  const origin = { pictureId, source, sourceId, revision, name, uploader, enteredAt, changedAt, homeRegion };
  return { ...origin, environment, region, availabilityZone, instanceId, bytes, timings, attempts, reviewedBy };
}
