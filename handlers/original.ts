import type { LimitOptions } from "../options.ts";
import type { ObjectStore } from "./ports.ts";
import type { Picture } from "./record.ts";
import { isArchived } from "./reminder.ts";

/** The original of a picture that ingest took. @throws Error `ORIGINAL_ARCHIVED`, `ORIGINAL_DELETED` or `ORIGINAL_MISSING` */
export async function readOriginal(
  working: ObjectStore,
  picture: Picture & { readonly original: string },
  { maxBytes }: LimitOptions,
): Promise<Buffer> {
  const { pictureId, original, archive, deletedAt } = picture;
  const bytes = await working.read(original, maxBytes);
  if (bytes !== undefined) return bytes;
  if (isArchived(picture))
    throw new Error(
      `ORIGINAL_ARCHIVED: expected the original of ${pictureId} in the working bucket, but since ${archive?.at} it is in the archive (${archive?.class}). Bring it back: darkroom restore ${pictureId}`,
    );
  if (deletedAt !== undefined)
    throw new Error(
      `ORIGINAL_DELETED: expected the original of ${pictureId} in the working bucket, but it was deleted on ${deletedAt}. Send the picture again.`,
    );
  throw new Error(`ORIGINAL_MISSING: expected the original at ${original} in the working bucket, but there is none.`);
}
