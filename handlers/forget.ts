import { contentClaim } from "./content-claim.ts";
import { dayOf } from "./export/days.ts";
import { tombstoneOf } from "./forgetting.ts";
import { archivedPrefix, publishedPrefix, pulledKey, refusedKey, workingPrefixes } from "./object-keys.ts";
import type { ObjectStore } from "./ports.ts";
import type { Picture } from "./record.ts";
import type { Fence } from "./regions/fence.ts";
import type { Reminders } from "./reminder.ts";
import type { StepDeps } from "./step.ts";

/** One Region's. */
export interface Buckets {
  readonly incoming: Pick<ObjectStore, "head" | "remove">;
  readonly working: Pick<ObjectStore, "removeAll">;
  readonly quarantine: Pick<ObjectStore, "removeAll">;
  readonly published: Pick<ObjectStore, "removeAll">;
  readonly archived: Pick<ObjectStore, "removeAll">;
}

export interface ForgetDeps extends StepDeps, Buckets {
  /** The other Regions' buckets: that a version is deleted is not replicated. */
  readonly elsewhere: readonly Buckets[];
  readonly fence: Fence;
  readonly reminders: Pick<Reminders, "drop">;
  /** Has every cache forget what lies under a prefix of the published bucket. The same request twice is one. */
  readonly invalidate: (prefix: string, request: string) => Promise<void>;
  /** Has the next export write the pictures of a day, `2026-11-23`, once more: without this one. */
  readonly markDay: (day: string) => Promise<void>;
}

/**
 * Wakes on a picture that somebody wants deleted; leaves of it a record without a name, a person or
 * anything that was seen. Every step may be done twice. A picture that is forgotten already is
 * gone through again: something may have been written in the meantime (handlers/forgetting.ts).
 */
export const createForget =
  (deps: ForgetDeps) =>
  async (pictureId: string): Promise<void> => {
    const { catalog, reminders, invalidate, place, log, now } = deps;
    const startedAt = now();
    const picture = await catalog.get(pictureId);
    if (picture?.status !== "forgetting" && picture?.status !== "forgotten")
      return log("stale", { actor: "forget", pictureId, status: picture?.status ?? "gone" });

    if (!(await deps.fence(picture))) return log("left", { actor: "forget", pictureId });

    await reminders.drop(pictureId);
    for (const buckets of [deps, ...deps.elsewhere]) await empty(buckets, picture);
    // Nobody was ever told where one is that was not published, and few invalidations can run at a time.
    if (picture.timings.publish !== undefined)
      await invalidate(publishedPrefix(pictureId), `${pictureId} ${picture.changedAt}`);

    const endedAt = now();
    const ms = endedAt.getTime() - startedAt.getTime();
    if (picture.status === "forgetting") {
      // The next picture with these bytes is a new one.
      if (picture.contentHash !== undefined)
        await catalog.release(contentClaim(picture, picture.contentHash), pictureId);
      await deps.markDay(dayOf(picture.enteredAt));
      const timing = { startedAt: startedAt.toISOString(), endedAt: endedAt.toISOString(), ms };
      const moved = await catalog.move("forgetting", tombstoneOf(picture, place, timing));
      return log(moved ? "forgotten" : "stale", { actor: "forget", pictureId, ms });
    }
    log("cleared again", { actor: "forget", pictureId, ms });
  };

/** First what the others are made of, last what is seen of them. */
async function empty({ incoming, working, archived, quarantine, published }: Buckets, picture: Picture): Promise<void> {
  const { pictureId } = picture;
  await removeIncoming(incoming, picture);
  for (const prefix of workingPrefixes(pictureId)) await working.removeAll(prefix);
  await archived.removeAll(archivedPrefix(pictureId));
  await quarantine.removeAll(refusedKey(pictureId));
  await published.removeAll(publishedPrefix(pictureId));
}

async function removeIncoming(incoming: Buckets["incoming"], picture: Picture): Promise<void> {
  const { source, sourceId, revision, pictureId } = picture;
  if (source === "upload") return incoming.remove(sourceId);
  if (source !== "bucket") return incoming.remove(pulledKey(source, pictureId));
  // Somebody's own key, which may hold another picture by now. A tombstone has it no longer.
  if (sourceId === "") return;
  if ((await incoming.head(sourceId))?.etag === revision) await incoming.remove(sourceId);
}
