import type { Picture } from "./record.ts";

/**
 * An item of the catalog that runs out when a picture's original is to go: to the archive, or, of a
 * refused picture, for good. That it runs out is a change, which wakes the archive: nobody has to look
 * through all pictures for those whose time has come.
 */
export interface Reminders {
  /** The later word counts. */
  set(picture: Pick<Picture, "pictureId" | "homeRegion">, at: Date): Promise<void>;
  drop(pictureId: string): Promise<void>;
}

/** Days for which originals stay in the working bucket. */
export interface Keeping {
  /** After publication; null where nothing is archived. */
  readonly publishedDays: number | null;
  /** After the refusal. */
  readonly rejectedDays: number;
}

/** Sets the reminder of a picture that is about to come to its end; of any other there is none. */
export type Remind = (picture: Picture) => Promise<void>;

export const reminding =
  (reminders: Pick<Reminders, "set">, keeping: Keeping): Remind =>
  async (picture) => {
    const due = dueAt(picture, keeping);
    if (due !== undefined) await reminders.set(picture, due);
  };

/** When the original is to leave the working bucket; undefined where it stays, or has left. */
export function dueAt(picture: Picture, { publishedDays, rejectedDays }: Keeping): Date | undefined {
  const { status, archive } = picture;
  if (status === "rejected" && picture.original !== undefined && picture.deletedAt === undefined)
    return daysAfter(picture.changedAt, rejectedDays);
  if (status !== "published") return undefined;
  if (archive !== undefined) return archive.restored && new Date(archive.restored.until);
  return publishedDays === null ? undefined : daysAfter(picture.publishedAt, publishedDays);
}

export const daysAfter = (at: string, days: number): Date => new Date(Date.parse(at) + days * 24 * 3600 * 1000);

/** Whether the archive has the only copy of its original. */
export const isArchived = ({ archive }: Pick<Picture, "archive">): boolean =>
  archive !== undefined && archive.restored === undefined;
