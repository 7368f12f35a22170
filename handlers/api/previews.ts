import { previewKey } from "../object-keys.ts";
import type { Log, ObjectStore } from "../ports.ts";
import type { Picture } from "../record.ts";
import { problem } from "./problems.ts";

type Store = Pick<ObjectStore, "read" | "remove">;
type Of = Pick<Picture, "pictureId" | "homeRegion">;

export interface PreviewDeps {
  /** Holds the previews of the pictures that are at home here. */
  readonly working: Store;
  /** The same of the stack's other Regions, by Region: S3 copies no previews. */
  readonly workingElsewhere: ReadonlyMap<string, Store>;
  readonly log: Log;
}

export interface Previews {
  /** Undefined where there is none. @throws Problem `PREVIEW_AWAY` while the Region that has it does not answer */
  read(picture: Of): Promise<Buffer | undefined>;
  /** One that is out of reach is left to expire. */
  remove(picture: Of): Promise<void>;
}

/** Far more than a preview has. */
const mostBytes = 1024 * 1024;

/** The previews of pictures in review, each in the Region that its picture is at home in. */
export function previewsIn({ working, workingElsewhere, log }: PreviewDeps): Previews {
  async function at<T>({ pictureId, homeRegion }: Of, run: (store: Store) => Promise<T>, away: () => T): Promise<T> {
    const there = workingElsewhere.get(homeRegion);
    if (there === undefined) return run(working);
    try {
      return await run(there);
    } catch (error) {
      log("peer silent", { peer: homeRegion, pictureId, error: String(error) });
      return away();
    }
  }
  return {
    read: (picture) =>
      at(
        picture,
        (store) => store.read(previewKey(picture.pictureId), mostBytes),
        () => {
          throw problem(
            "PREVIEW_AWAY",
            `The preview is in ${picture.homeRegion}, which does not answer. Try again later; once that Region is out, the picture can be decided about without it.`,
          );
        },
      ),
    remove: (picture) =>
      at(
        picture,
        (store) => store.remove(previewKey(picture.pictureId)),
        () => {},
      ),
  };
}
