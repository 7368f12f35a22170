import type { ColdStore } from "./cold-store.ts";
import { cleanUpAfter } from "./forgetting.ts";
import { pictureIdIn } from "./object-keys.ts";
import type { ObjectStore } from "./ports.ts";
import type { Archived, Picture, PictureIn, Restoring } from "./record.ts";
import { daysAfter, type Reminders } from "./reminder.ts";
import type { StepDeps } from "./step.ts";

export interface RestoreDeps extends StepDeps {
  readonly working: Pick<ObjectStore, "bucket" | "head" | "copy">;
  readonly archived: Pick<ColdStore, "bucket" | "head" | "thaw">;
  readonly reminders: Pick<Reminders, "set">;
}

/** Days for which S3 keeps what it has read readable: time enough to mend whatever keeps the copy from being made. */
const thawedDays = 7;

/** A picture whose original somebody wants back. */
type Wanted = PictureIn<"published"> & { readonly archive: Archived & { readonly restoring: Restoring } };

/**
 * Brings originals back from the archive: `begin` wakes on a record that says so and has S3 read it,
 * `finish` on S3's word that it can be read, and copies it to where it was. What can be read at once is
 * copied at once. The copy in the archive stays; a reminder has the original go again. Both may be done twice.
 */
export const createRestore = (deps: RestoreDeps) => ({
  async begin(pictureId: string): Promise<void> {
    const { working, archived, now, log } = deps;
    const startedAt = now();
    const picture = await wanted(pictureId, deps);
    if (picture === undefined) return;
    const { key, class: storageClass, restoring } = picture.archive;
    // It never left, or was brought back before.
    const isThere = (await working.head(picture.original))?.bytes === picture.bytes;
    if (isThere) return bringBack(picture, startedAt, deps);
    if (storageClass !== instant && (await archived.thaw(key, { ...restoring, days: thawedDays })) === "under way")
      return log("restoring", { actor: "restore", pictureId, class: storageClass, tier: restoring.tier });
    await copyBack(picture, deps);
    await bringBack(picture, startedAt, deps);
  },

  async finish(key: string): Promise<void> {
    const startedAt = deps.now();
    const picture = await wanted(pictureIdIn(key), deps);
    if (picture === undefined) return;
    await copyBack(picture, deps);
    await bringBack(picture, startedAt, deps);
  },
});

/** The only class of the archive that is read like any other. */
const instant = "GLACIER_IR";

async function wanted(pictureId: string, deps: RestoreDeps): Promise<Wanted | undefined> {
  const picture = await deps.catalog.get(pictureId);
  if (isWanted(picture)) return picture;
  await cleanUpAfter(deps, "restore", picture);
  deps.log("stale", { actor: "restore", pictureId, status: picture?.status ?? "gone" });
  return undefined;
}

const isWanted = (picture: Picture | undefined): picture is Wanted =>
  picture?.status === "published" && picture.archive?.restoring !== undefined;

/** @throws Error `COPY_MISSING` */
async function copyBack({ pictureId, original, archive: { key } }: Wanted, { working, archived }: RestoreDeps) {
  const etag = (await archived.head(key))?.etag;
  if (etag !== undefined && (await working.copy({ bucket: archived.bucket, key, etag }, original))) return;
  throw new Error(
    `COPY_MISSING: expected the original of ${pictureId} at ${key} in ${archived.bucket}, but it is gone or has changed.`,
  );
}

/** The original is in its place: says so, and when it is to go again. */
async function bringBack(picture: Wanted, startedAt: Date, deps: RestoreDeps): Promise<void> {
  const { catalog, reminders, place, now, log } = deps;
  const { pictureId, timings } = picture;
  const { restoring, ...archive } = picture.archive;
  const at = now();
  const until = daysAfter(at.toISOString(), restoring.days);
  await reminders.set(picture, until);
  const ms = at.getTime() - startedAt.getTime();
  const timing = { startedAt: startedAt.toISOString(), endedAt: at.toISOString(), ms };
  const isSaid = await catalog.amend(picture, {
    ...place,
    changedAt: timing.endedAt,
    timings: { ...timings, restore: timing },
    archive: { ...archive, turn: archive.turn + 1, restored: { at: timing.endedAt, until: until.toISOString() } },
  });
  if (!isSaid) await cleanUpAfter(deps, "restore", await catalog.get(pictureId));
  log(isSaid ? "restored" : "stale", { actor: "restore", pictureId, until: until.toISOString() });
}
