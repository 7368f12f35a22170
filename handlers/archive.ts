import type { ColdObject, ColdStore } from "./cold-store.ts";
import { cleanUpAfter } from "./forgetting.ts";
import type { ObjectInfo, ObjectStore } from "./ports.ts";
import type { Picture, PictureIn, Place } from "./record.ts";
import { dueAt, isArchived, type Keeping, type Reminders } from "./reminder.ts";
import type { StepDeps } from "./step.ts";

export interface ArchiveDeps extends StepDeps {
  readonly working: Pick<ObjectStore, "bucket" | "head" | "remove">;
  readonly archived: Pick<ColdStore, "bucket" | "head" | "keep">;
  readonly reminders: Pick<Reminders, "set">;
  readonly keeping: Keeping;
  /** Storage class of what goes to the archive; empty where nothing new does. */
  readonly storageClass: string;
}

/**
 * Wakes when a picture's reminder has run out. The original of a published one goes to the archive:
 * first the copy, then the record, then the original is removed, if the copy is proven. That of a
 * rejected one is deleted: first the record, then the bytes. Every step may be done twice, and the picture stays what it is.
 */
export const createArchive =
  (deps: ArchiveDeps) =>
  async (pictureId: string): Promise<void> => {
    const { catalog, reminders, keeping, now, log } = deps;
    const picture = await catalog.get(pictureId);
    const stale = () => log("stale", { actor: "archive", pictureId, status: picture?.status ?? "gone" });
    if (picture?.status !== "published" && picture?.status !== "rejected") {
      await cleanUpAfter(deps, "archive", picture);
      return stale();
    }
    // Somebody is having it fetched, or an earlier run came as far as the record.
    if (picture.archive?.restoring !== undefined) return stale();
    if (picture.status === "published" && isArchived(picture)) return removeOriginal(picture, deps);
    if (picture.status === "rejected" && picture.deletedAt !== undefined) return removeRefused(picture, deps);

    const due = dueAt(picture, keeping);
    if (due === undefined) return stale();
    if (due > now()) {
      // It was given more time since the reminder was set.
      await reminders.set(picture, due);
      return log("not yet", { actor: "archive", pictureId, due: due.toISOString() });
    }
    await (picture.status === "published" ? archive(picture, deps) : discard(picture, deps));
  };

async function archive(picture: PictureIn<"published">, deps: ArchiveDeps): Promise<void> {
  const { catalog, archived, place, now, log } = deps;
  const startedAt = now();
  const { pictureId, original: key } = picture;
  const copy = await copyOf(picture, deps);
  if (copy === undefined) return log("kept", { actor: "archive", pictureId });
  const said = {
    class: copy.storageClass,
    at: now().toISOString(),
    bucket: archived.bucket,
    key,
    turn: (picture.archive?.turn ?? 0) + 1,
  };
  if (await catalog.amend(picture, { ...amended(picture, place, startedAt, now()), archive: said }))
    return removeOriginal({ ...picture, archive: said }, deps);
  const found = await catalog.get(pictureId);
  await cleanUpAfter(deps, "archive", found);
  // Another delivery has said it, or the answer to our own word was lost.
  if (found?.status === "published" && isArchived(found) && found.archive?.restoring === undefined)
    return removeOriginal(found, deps);
  log("stale", { actor: "archive", pictureId, status: found?.status ?? "gone" });
}

/** The proven copy, made where there is none; undefined where nothing new is archived. @throws Error `ORIGINAL_MISSING`, `ORIGINAL_CHANGED` or `COPY_DIFFERS` */
async function copyOf(
  { pictureId, original: key, archive }: PictureIn<"published">,
  { working, archived, storageClass }: ArchiveDeps,
): Promise<ColdObject | undefined> {
  const [original, there] = [await working.head(key), await archived.head(key)];
  if (original === undefined) {
    // It was asked for in the very moment in which it was removed.
    if (archive !== undefined && there !== undefined) return there;
    throw new Error(
      `ORIGINAL_MISSING: expected the original of ${pictureId} at ${key} in the working bucket, but there is none.`,
    );
  }
  // What was restored is still there, and was paid for.
  if (there !== undefined && isSame(original, there)) return there;
  if (storageClass === "") return undefined;
  const { bucket } = working;
  if (!(await archived.keep({ bucket, key, etag: original.etag }, key, storageClass)))
    throw new Error(`ORIGINAL_CHANGED: expected ${key} to stay as it is while it is copied. The next delivery looks.`);
  const copy = await archived.head(key);
  if (copy !== undefined && isSame(original, copy)) return copy;
  throw differs(key, original, copy);
}

/** Of a picture whose record says that it is archived. @throws Error `COPY_DIFFERS` rather than remove the only good copy */
async function removeOriginal(
  { pictureId, original: key, archive }: PictureIn<"published">,
  { working, archived, log }: ArchiveDeps,
): Promise<void> {
  const original = await working.head(key);
  if (original !== undefined) {
    const copy = await archived.head(key);
    if (copy === undefined || !isSame(original, copy)) throw differs(key, original, copy);
    await working.remove(key);
  }
  log("archived", { actor: "archive", pictureId, class: archive?.class });
}

/** Of a refused picture. The record comes first: from then on nobody begins again with its original. */
async function discard(picture: PictureIn<"rejected">, deps: ArchiveDeps): Promise<void> {
  const { catalog, place, now, log } = deps;
  const startedAt = now();
  const amendment = amended(picture, place, startedAt, now());
  if (await catalog.amend(picture, { ...amendment, deletedAt: amendment.changedAt }))
    return removeRefused(picture, deps);
  const { pictureId } = picture;
  const found = await catalog.get(pictureId);
  await cleanUpAfter(deps, "archive", found);
  log("stale", { actor: "archive", pictureId, status: found?.status ?? "gone" });
}

/** The original of a refused picture whose record says that it is deleted. */
async function removeRefused(
  { pictureId, original }: PictureIn<"rejected">,
  { working, log }: ArchiveDeps,
): Promise<void> {
  if (original !== undefined) await working.remove(original);
  log("original deleted", { actor: "archive", pictureId });
}

function amended({ timings }: Picture, place: Place, startedAt: Date, endedAt: Date) {
  const ms = endedAt.getTime() - startedAt.getTime();
  const timing = { startedAt: startedAt.toISOString(), endedAt: endedAt.toISOString(), ms };
  return { ...place, changedAt: timing.endedAt, timings: { ...timings, archive: timing } };
}

/** Both were written by S3 itself in one piece, so that equal bytes have equal ETags. */
const isSame = (a: Pick<ObjectInfo, "bytes" | "etag">, b: Pick<ObjectInfo, "bytes" | "etag">) =>
  a.bytes === b.bytes && a.etag === b.etag;

const differs = (key: string, original: ObjectInfo, copy: ColdObject | undefined) =>
  new Error(
    `COPY_DIFFERS: expected ${key} in the archive to have ${original.bytes} bytes and ETag ${original.etag}, received ${copy === undefined ? "nothing" : `${copy.bytes} and ${copy.etag}`}. The original stays.`,
  );
