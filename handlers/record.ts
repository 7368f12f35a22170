/** The record of one picture, as the catalog keeps it. Imports nothing. */

export type Actor =
  | "ingest"
  | "moderate"
  | "resize"
  | "compress"
  | "publish"
  | "archive"
  | "restore"
  | "forget"
  | "write-back";
export type BaseFormat = "jpeg" | "png" | "gif";
export type Format = BaseFormat | "webp" | "avif";
/** Types taken in, by content. */
export type SourceType = "jpeg" | "png" | "webp" | "avif" | "gif" | "tiff";

/** Why a picture was refused: a code to branch on, and a sentence for a person. */
export interface Reason {
  readonly code: string;
  readonly sentence: string;
}

export interface Timing {
  /** ISO 8601. */
  readonly startedAt: string;
  readonly endedAt: string;
  readonly ms: number;
}

/** Where an actor ran. */
export interface Place {
  readonly environment: string;
  readonly region: string;
  readonly availabilityZone: string;
  /** The execution environment's log stream. */
  readonly instanceId: string;
}

export interface Label {
  readonly name: string;
  /** 0–100. */
  readonly confidence: number;
}

/** One size of a picture, before it has a format: what resize makes and compress encodes. */
export interface Level {
  /** `w150`, `h150`, `box50` or `w<width>` of a responsive width. */
  readonly name: string;
  readonly width: number;
  /** Height of one frame. */
  readonly height: number;
  readonly channels: 3 | 4;
  /** 1 for a still picture. */
  readonly frames: number;
  /** Milliseconds of each frame; empty for a still picture. */
  readonly delay: readonly number[];
  /** Times an animation plays; 0 is for ever. */
  readonly loop: number;
  /** Formats this level is published in, the base format first. */
  readonly formats: readonly Format[];
}

export interface Rendition {
  /** Level and format, such as `w640.webp`: unique within the picture. */
  readonly name: string;
  readonly level: string;
  readonly width: number;
  readonly height: number;
  readonly format: Format;
  /** The resized pixels before compression, in bytes. */
  readonly bytesBefore: number;
  /** The published file, in bytes. */
  readonly bytesAfter: number;
  /** What compressed it, such as `sharp jpeg q78`. */
  readonly method: string;
  /** Key in the published bucket, and its address. */
  readonly key: string;
  readonly url: string;
}

/** A picture's markup, ready to paste. The alt text is a slot: `alt=""` until somebody fills it. */
export interface Markup {
  readonly amp: string;
  readonly html: string;
}

/** The copy of an original in the archive, which takes its place until somebody wants it back. Times are ISO 8601. */
export interface Archived {
  /** S3's storage class. */
  readonly class: string;
  readonly at: string;
  readonly bucket: string;
  readonly key: string;
  /** Counts what has been said here, so that of two who change it at once one is told. */
  readonly turn: number;
  readonly restoring?: Restoring;
  /** The original is in the working bucket again, until it goes once more. */
  readonly restored?: { readonly at: string; readonly until: string };
}

/** What somebody asked for. */
export interface Restoring {
  readonly at: string;
  readonly by: string;
  readonly tier: Tier;
  /** For which it is wanted back. */
  readonly days: number;
}

/** How fast S3 is to read from the archive: the faster, the dearer. */
export type Tier = "bulk" | "standard" | "expedited";

interface Common {
  readonly pictureId: string;
  /** `upload` or the source's name, its id for the picture and the revision of its bytes. */
  readonly source: string;
  readonly sourceId: string;
  readonly revision: string;
  /** File name as it came, for people; never a path. */
  readonly name: string;
  /** E-mail address, in lower case, of the person who handed it in. */
  readonly uploader?: string;
  /** When it entered, ISO 8601. */
  readonly enteredAt: string;
  readonly changedAt: string;
  /** Region whose actors work on it, and where alone its record is written. */
  readonly homeRegion: string;
  /** Region that was out when this one took it over. */
  readonly adoptedFrom?: string;
  /** Of the last actor. */
  readonly environment: string;
  readonly region: string;
  readonly availabilityZone: string;
  readonly instanceId: string;
  /** The original file, in bytes. */
  readonly bytes: number;
  readonly timings: Readonly<Partial<Record<Actor, Timing>>>;
  readonly attempts: Readonly<Partial<Record<Actor, number>>>;
  /** Times it was woken because it stood still at its present status. */
  readonly woken?: number;
  readonly reviewedBy?: string;
  readonly archive?: Archived;
  /** When its original was deleted, with all else of it where it is forgotten. */
  readonly deletedAt?: string;
}

/** What is known once the bytes were seen to be a picture. */
export interface Seen {
  readonly format: SourceType;
  /** Upright, in pixels. */
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  readonly hasAlpha: boolean;
  readonly greyscale: boolean;
  /** SHA-256 of the file, hex. */
  readonly contentHash: string;
  /** 64-bit difference hash, hex. */
  readonly perceptualHash: string;
  /** Key of the original in the working bucket. */
  readonly original: string;
}

export interface Moderated {
  readonly containsNudity: boolean;
  /** Confidence that the picture contains nudity, 0–100. */
  readonly containsNudityConfidence: number;
  /** Who answered, such as `nsfwjs` or `nsfwjs → rekognition`. */
  readonly moderator: string;
  readonly labels: readonly Label[];
}

/** All of it, or nothing where no moderator was asked because the month's budget was spent. */
type Screened = Partial<Moderated>;

/** Who let the picture through, and when: nothing is published without it. */
export interface Cleared {
  readonly acceptedBy: string;
  readonly acceptedAt: string;
}

export interface Resized {
  /** Method of scaling. */
  readonly scaling: string;
  readonly baseFormat: BaseFormat;
  readonly levels: readonly Level[];
  /** ThumbHash, base64. */
  readonly placeholder: string;
  /** Average colour, `#rrggbb`. */
  readonly colour: string;
  /** Said when an animation was reduced. */
  readonly note?: string;
}

export interface Compressed {
  readonly renditions: readonly Rendition[];
  /** Key of the renditions in the working bucket, until they are published. */
  readonly pack: string;
  /** Sums over the renditions. */
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

export interface Published {
  /** The picture's own address: its largest rendition in the base format. */
  readonly url: string;
  readonly markup: Markup;
  readonly publishedAt: string;
}

export type Received = Common & Seen & { readonly status: "received" };
export type Duplicate = Common & Seen & { readonly status: "duplicate"; readonly duplicateOf: string };
export type Rejected = Common &
  Partial<Seen & Moderated> & {
    readonly status: "rejected";
    readonly reason: Reason;
    /** Key in the quarantine bucket. */
    readonly quarantined?: string;
  };
export type InReview = Common & Seen & Screened & { readonly status: "review"; readonly reason: Reason };
export type Accepted = Common & Seen & Screened & Cleared & { readonly status: "accepted" };
export type ResizedPicture = Common & Seen & Screened & Cleared & Resized & { readonly status: "resized" };
export type CompressedPicture = Common &
  Seen &
  Screened &
  Cleared &
  Resized &
  Compressed & { readonly status: "compressed" };
export type PublishedPicture = Common &
  Seen &
  Screened &
  Cleared &
  Resized &
  Compressed &
  Published & { readonly status: "published" };
/** Somebody asked that it be deleted everywhere; its bytes are on their way out. */
export type Forgetting = Common &
  Partial<Seen> & {
    readonly status: "forgetting";
    readonly forgottenBy: string;
  };
/** What stays of it, so that it is not taken in again: no name, no path, no person, nothing of what was seen. */
export type Forgotten = Common & { readonly status: "forgotten"; readonly deletedAt: string };

export type Picture =
  | Received
  | Duplicate
  | Rejected
  | InReview
  | Accepted
  | ResizedPicture
  | CompressedPicture
  | PublishedPicture
  | Forgetting
  | Forgotten;
export type Status = Picture["status"];
export type PictureIn<S extends Status> = Extract<Picture, { status: S }>;
