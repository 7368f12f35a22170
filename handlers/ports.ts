import type { Readable } from "node:stream";
import type { Tick } from "./pull.ts";
import type { Actor, Archived, Picture, PictureIn, Place, Status } from "./record.ts";
import type { Hook, Trouble } from "./standing.ts";

/** What the actors need of the world; handlers/aws/ implements it on the AWS SDK. */

export interface ObjectInfo {
  readonly bytes: number;
  readonly etag: string;
  readonly contentType: string;
  /** User metadata, keys in lower case. */
  readonly metadata: Readonly<Record<string, string>>;
}

export interface WriteOptions {
  readonly contentType: string;
  readonly cacheControl?: string;
}

export interface UploadOptions extends WriteOptions {
  /** User metadata, percent-encoded on the way. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** One bucket. "Missing" is undefined; every other trouble throws. */
export interface ObjectStore {
  readonly bucket: string;
  head(key: string): Promise<ObjectInfo | undefined>;
  /** The whole object. @throws TooLarge before more than `maxBytes` are held. */
  read(key: string, maxBytes: number): Promise<Buffer | undefined>;
  open(key: string): Promise<Readable | undefined>;
  write(key: string, body: Buffer, options: WriteOptions): Promise<void>;
  /** A stream of any length, in bounded memory. No object comes to be when the stream fails. @throws the stream's error */
  upload(key: string, body: Readable, options: UploadOptions): Promise<void>;
  /** Server-side copy of exactly the object that has `etag`. Answers false when it is gone or changed. */
  copy(from: { readonly bucket: string; readonly key: string; readonly etag: string }, key: string): Promise<boolean>;
  /** Nothing happens where there is no such object. */
  remove(key: string): Promise<void>;
  /** Every object whose key begins so, in every version that is kept. */
  removeAll(prefix: string): Promise<void>;
}

export interface Page {
  readonly pictures: readonly Picture[];
  /** Opaque; absent on the last page. */
  readonly next?: string;
}

export interface ListOptions {
  readonly limit: number;
  /** Of an earlier page; or a moment, ISO 8601, for what entered before it. */
  readonly next?: string;
  readonly of?: { readonly uploader: string } | { readonly status: "review" };
}

export interface Attempts {
  /** All of them, this one included. */
  readonly count: number;
  /** Those that never came to an end, this one included: the process died, or they are still at it. */
  readonly open: number;
}

/** What is said of an original that is moved or deleted while the picture stays what it is. */
export interface Amendment extends Partial<Place> {
  readonly changedAt: string;
  readonly timings?: Picture["timings"];
  readonly archive?: Archived;
  readonly deletedAt?: string;
}

/** The record keeper. Every change of status is one conditional write. */
export interface Catalog {
  get(pictureId: string): Promise<Picture | undefined>;
  /** Adds a new record. Answers false, and changes nothing, when one with this id is there. */
  add(picture: Picture): Promise<boolean>;
  /** Moves a record from `from` to what `to` says. Answers false when it no longer stands at `from`. */
  move<S extends Status>(from: Status, to: PictureIn<S>): Promise<boolean>;
  /**
   * Adds to a record that stands where it was found; the rest of it stays. Answers false when it has moved on since,
   * or somebody else has said something of its original.
   */
  amend(found: Picture, amendment: Amendment): Promise<boolean>;
  /** Counts an attempt before the risk is taken. */
  attempt(pictureId: string, actor: Actor): Promise<Attempts>;
  /** Says that an attempt ended in an orderly failure, so that it is not taken for a killed process. */
  settle(pictureId: string, actor: Actor): Promise<void>;
  /** Forgets that attempts never came to an end: the picture is tried anew. */
  forgive(pictureId: string, actor: Actor): Promise<void>;
  /**
   * Writes a record again as it was read but for `changedAt` and `woken`, which wakes whoever waits
   * for its status. Answers false when it has changed since.
   */
  touch(picture: Picture, at: string, woken: number): Promise<boolean>;
  /** Moves a record to another home Region as `to` says. Answers false when it has changed since `found`. */
  adopt(found: Picture, to: Picture): Promise<boolean>;
  /** Takes a record out, so that what it is of may enter anew. Answers false when it no longer stands where it did. */
  remove(picture: Picture): Promise<boolean>;
  /** Claims something for a picture, by a hash of it; answers whose it is, perhaps an earlier picture's. */
  claim(hash: string, pictureId: string): Promise<string>;
  /** True the first time only: the key of an outside effect that must not happen twice. */
  once(pictureId: string, effect: string): Promise<boolean>;
  /** Whether `once` was said of this effect before. */
  did(pictureId: string, effect: string): Promise<boolean>;
  /** Gives what was claimed back, if it is this picture's: the next who claims it has it. */
  release(hash: string, pictureId: string): Promise<void>;
  /** Newest first: all, or one person's, or those in review. */
  list(options: ListOptions): Promise<Page>;
  /**
   * How many entered since a moment, ISO 8601, by the status at which they stand now. Each is shown to
   * `see`, in no order.
   */
  tally(since: string, see?: (seen: Glance) => void): Promise<Partial<Record<Status, number>>>;
}

/** What is seen of a record in passing. */
export type Glance = Pick<Picture, "pictureId" | "name" | "status" | "changedAt" | "woken">;

/**
 * The records that stand at one of `statuses`, entered since a time and have not changed since
 * another (ISO 8601): a stretch at a time, in no order, and not quite as of now. A stretch may hold
 * none and yet have a next.
 * @throws BadPlace for a `next` that no stretch before had
 */
export type Sweep = (asked: {
  readonly statuses: readonly Status[];
  readonly enteredSince: string;
  readonly changedBefore: string;
  /** Of the stretch before. */
  readonly next?: string;
}) => Promise<Page>;

export interface ListedObject {
  readonly key: string;
  readonly etag: string;
  /** When it was written; of a large one, when that began. */
  readonly writtenAt: Date;
}

/** What lies in a bucket whose key begins so, by key, from after a key on. */
export type ListObjects = (asked: {
  readonly prefix?: string;
  readonly after?: string;
  /** @default 1000, which is the most */
  readonly limit?: number;
}) => Promise<{ readonly objects: readonly ListedObject[]; readonly more: boolean }>;

/** What is remembered of a source between two looks at it. Times are ISO 8601. */
export interface SourceLedger {
  load(): Promise<{ readonly cursor?: string; readonly turn: number }>;
  /** Moves the cursor if this is still its turn; answers false when somebody else moved it. */
  move(turn: number, cursor: string): Promise<boolean>;
  /**
   * Says that a look begins, and until when it lasts at most. One that was called for begins only
   * where none has begun since the call (else `answered`), none lasts still, and the last one
   * began at `rested` or earlier. Else it is to come again, `soon`; of many calls for one look only
   * one until `againUntil`, and the others are `waiting` for that one.
   */
  begin(
    at: string,
    until: string,
    call?: { readonly sentAt: string; readonly rested: string; readonly againUntil: string },
  ): Promise<"begun" | "answered" | "soon" | "waiting">;
  /** Answers since when all looks have ended in trouble. */
  report(tick: Tick): Promise<{ readonly failingSince?: string }>;
  taken(): Promise<void>;
  /** Keeps what a file failed with; one that will come again is not counted yet. */
  failed(failure: Trouble, again: boolean): Promise<void>;
  hook(): Promise<Hook | undefined>;
  keepHook(hook: Hook): Promise<void>;
  /** How writing a picture back ended. */
  wroteBack(trouble?: Trouble): Promise<void>;
  /** Remembers a picture that the source has not taken back. */
  keepUnwritten(pictureId: string): Promise<void>;
  /** Some of those, by id, that come after one. */
  unwritten(after: string): Promise<readonly string[]>;
  dropUnwritten(pictureId: string): Promise<void>;
}

/** One structured line for each outcome. */
export type Log = (outcome: string, details: Readonly<Record<string, unknown>>) => void;
