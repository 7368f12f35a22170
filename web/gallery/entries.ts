import type { Picture, Status } from "../../handlers/record.ts";
import type { Upload } from "../uploading/upload.ts";

/** One line of the sheet: a file on its way, a picture, or first the one and then the other. */
export interface Entry {
  readonly key: string;
  upload?: Upload;
  picture?: Picture;
  /** When this page last saw it change, in milliseconds of its own clock. */
  movedAt: number;
}

export interface Entries {
  /** Newest first. */
  readonly all: readonly Entry[];
  show(upload: Upload): Entry;
  /** Takes in what the API says; answers the entries that changed. */
  merge(pictures: readonly Picture[]): Entry[];
  find(pictureId: string): Entry | undefined;
  remove(entry: Entry): void;
  /** Entries that should move by themselves, and moved lately. */
  busy(): Entry[];
}

/** After this long without a change, a picture is looked at only now and then. */
const patience = 90_000;

export function createEntries(now: () => number): Entries {
  const all: Entry[] = [];
  const find = (id: string) => all.find(({ picture, upload }) => (picture ?? upload)?.pictureId === id);

  return {
    all,
    find,
    show(upload) {
      let entry = all.find(({ key }) => key === upload.id);
      if (entry === undefined) {
        entry = { key: upload.id, movedAt: now() };
        all.unshift(entry);
      }
      entry.upload = upload;
      entry.movedAt = now();
      return entry;
    },
    merge(pictures) {
      const changed: Entry[] = [];
      for (const picture of pictures) {
        let entry = find(picture.pictureId);
        if (entry === undefined) {
          entry = { key: picture.pictureId, movedAt: now() };
          all.splice(placeFor(picture, all), 0, entry);
        } else if (!isNews(picture, entry.picture)) continue;
        entry.picture = picture;
        entry.movedAt = now();
        changed.push(entry);
      }
      return changed;
    },
    remove(entry) {
      const at = all.indexOf(entry);
      if (at >= 0) all.splice(at, 1);
    },
    busy: () => all.filter((entry) => isMoving(entry) && now() - entry.movedAt < patience),
  };
}

const resting: ReadonlySet<Status> = new Set(["published", "rejected", "review", "duplicate", "forgotten"]);

export function isMoving({ picture, upload }: Entry): boolean {
  if (picture !== undefined) return !resting.has(picture.status);
  return upload?.state.phase === "sending" || upload?.state.phase === "sent";
}

/** A listing may lag behind what was already read by id: an older state is no news. */
const isNews = (picture: Picture, known: Picture | undefined) =>
  known === undefined ||
  picture.changedAt > known.changedAt ||
  (picture.changedAt === known.changedAt && picture.status !== known.status);

/** Before the first older picture. What stands already keeps its place, so nothing jumps under the pointer. */
function placeFor(picture: Picture, all: readonly Entry[]): number {
  const at = all.findIndex((entry) => entry.picture !== undefined && entry.picture.enteredAt < picture.enteredAt);
  return at < 0 ? all.length : at;
}
