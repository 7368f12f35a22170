import { createHash } from "node:crypto";
import type { Actor, Picture, PictureIn, Rendition } from "../record.ts";

/**
 * The one description of what is exported: Parquet's schema, Glue's columns and Tableau's fields all
 * come from it. Names and types are a promise to everybody's reports: add columns, change none.
 */

/** `moment` is UTC, to the millisecond. */
export type ColumnType = "text" | "integer" | "real" | "moment" | "flag";

export interface Value {
  readonly text: string;
  readonly integer: number;
  readonly real: number;
  /** ISO 8601. */
  readonly moment: string;
  readonly flag: boolean;
}

export type Measure = "sum" | "average";

export interface Column<Row> {
  readonly name: string;
  readonly type: ColumnType;
  /** What Tableau calls it. */
  readonly caption: string;
  readonly folder: Folder;
  /** What it means, with its unit. */
  readonly comment: string;
  /** How many are made one, by default; absent for what is grouped by. */
  readonly measure?: Measure;
  readonly of: (row: Row) => Value[ColumnType] | undefined;
}

export type Folder = "Picture" | "Journey" | "Bytes" | "Moderation" | "Steps" | "Place";

export interface Table<Row> {
  readonly name: "pictures" | "renditions";
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
}

export const pictures: Table<Picture> = {
  name: "pictures",
  caption: "Darkroom pictures",
  columns: [
    text("picture_id", "Picture", "Picture", "GUID of the picture", (p) => p.pictureId),
    text("source", "Source", "Picture", "`upload`, or the source's name", (p) => p.source),
    text("uploader", "Uploader", "Picture", "16 hex digits of the SHA-256 of the e-mail address", (p) =>
      hashed(p.uploader),
    ),
    text("type", "File type", "Picture", "Type of the original, by content", (p) => seen(p)?.format),
    integer("width", "Width", "Picture", "Of the original, upright, in pixels", (p) => seen(p)?.width, "average"),
    integer("height", "Height", "Picture", "Of the original, upright, in pixels", (p) => seen(p)?.height, "average"),
    integer("frames", "Frames", "Picture", "1 for a still picture", (p) => seen(p)?.frames, "average"),
    text("url", "Address", "Picture", "Of the largest published rendition", (p) => published(p)?.url),

    text("status", "Status", "Journey", "Where the picture stands", (p) => p.status),
    moment("entered_at", "Entered", "Journey", "When it came in, UTC", (p) => p.enteredAt),
    moment("changed_at", "Changed", "Journey", "When its record was last changed, UTC", (p) => p.changedAt),
    moment("published_at", "Published", "Journey", "When it was published, UTC", (p) => published(p)?.publishedAt),
    real(
      "seconds_to_publish",
      "Seconds to publish",
      "Journey",
      "From its entry until it was published",
      secondsToPublish,
    ),
    text("reason_code", "Reason", "Journey", "Why it was refused, or is in review", (p) => reason(p)?.code),
    moment("archived_at", "Archived", "Journey", "When its original was archived, UTC", (p) => p.archive?.at),
    text(
      "archive_class",
      "Archive class",
      "Journey",
      "Storage class of the archived original",
      (p) => p.archive?.class,
    ),

    integer("bytes", "Original bytes", "Bytes", "The original file", (p) => p.bytes),
    integer(
      "bytes_before",
      "Bytes before",
      "Bytes",
      "Pixels of all renditions before compression",
      (p) => made(p)?.bytesBefore,
    ),
    integer("bytes_after", "Bytes after", "Bytes", "Files of all renditions", (p) => made(p)?.bytesAfter),
    integer("renditions", "Renditions", "Bytes", "How many files were made", (p) => made(p)?.renditions.length),

    flag(
      "contains_nudity",
      "Contains nudity",
      "Moderation",
      "The moderator's answer",
      (p) => judged(p)?.containsNudity,
    ),
    real("nudity_confidence", "Nudity confidence", "Moderation", "0–100", (p) => judged(p)?.containsNudityConfidence),
    text("moderator", "Moderator", "Moderation", "Who answered", (p) => judged(p)?.moderator),
    flag("reviewed", "Reviewed", "Moderation", "Whether a person decided", (p) => p.reviewedBy !== undefined),

    ...(["ingest", "moderate", "resize", "compress", "publish"] as const).flatMap((actor) => stepOf(actor)),

    text("environment", "Environment", "Place", "Stack", (p) => p.environment),
    text("home_region", "Home Region", "Place", "AWS Region whose actors handle it", (p) => p.homeRegion),
    text("region", "Region", "Place", "AWS Region of the last actor", (p) => p.region),
    text("availability_zone", "Availability zone", "Place", "Of the last actor", (p) => p.availabilityZone),
  ],
};

export interface RenditionRow {
  readonly picture: Picture;
  readonly rendition: Rendition;
}

export const renditions: Table<RenditionRow> = {
  name: "renditions",
  caption: "Darkroom renditions",
  columns: [
    text("picture_id", "Picture", "Picture", "GUID of the picture", ({ picture }) => picture.pictureId),
    text("source", "Source", "Picture", "`upload`, or the source's name", ({ picture }) => picture.source),
    moment("entered_at", "Entered", "Journey", "When the picture came in, UTC", ({ picture }) => picture.enteredAt),
    text("name", "Rendition", "Picture", "Size and format, such as w640.webp", ({ rendition }) => rendition.name),
    text("level", "Size", "Picture", "Such as w640 or box50", ({ rendition }) => rendition.level),
    text("format", "Format", "Picture", "Of the file", ({ rendition }) => rendition.format),
    integer("width", "Width", "Picture", "In pixels", ({ rendition }) => rendition.width, "average"),
    integer("height", "Height", "Picture", "In pixels", ({ rendition }) => rendition.height, "average"),
    integer(
      "bytes_before",
      "Bytes before",
      "Bytes",
      "Its pixels before compression",
      ({ rendition }) => rendition.bytesBefore,
    ),
    integer("bytes_after", "Bytes after", "Bytes", "The file", ({ rendition }) => rendition.bytesAfter),
    text("method", "Method", "Bytes", "What compressed it", ({ rendition }) => rendition.method),
    text("url", "Address", "Picture", "Of the file", ({ rendition }) => rendition.url),
  ],
};

export const renditionsOf = (picture: Picture): readonly RenditionRow[] =>
  (made(picture)?.renditions ?? []).map((rendition) => ({ picture, rendition }));

function stepOf(actor: Actor): readonly Column<Picture>[] {
  const caption = actor.charAt(0).toUpperCase() + actor.slice(1);
  return [
    integer(
      `${actor}_ms`,
      `${caption} ms`,
      "Steps",
      `How long ${actor} took the last time, in milliseconds`,
      (p) => p.timings[actor]?.ms,
      "average",
    ),
    integer(`${actor}_attempts`, `${caption} attempts`, "Steps", `How often ${actor} began`, (p) => p.attempts[actor]),
  ];
}

/** Each status knows more than the one before; asking by a field spares a list of statuses. */
const seen = (p: Picture) => ("format" in p && p.format !== undefined ? p : undefined);
const judged = (p: Picture) => ("moderator" in p && p.moderator !== undefined ? p : undefined);
const reason = (p: Picture) => ("reason" in p ? p.reason : undefined);
const made = (p: Picture) => ("renditions" in p ? p : undefined);
const published = (p: Picture): PictureIn<"published"> | undefined => (p.status === "published" ? p : undefined);

function secondsToPublish(p: Picture): number | undefined {
  const end = published(p)?.publishedAt;
  return end === undefined ? undefined : (Date.parse(end) - Date.parse(p.enteredAt)) / 1000;
}

/** Tells people apart without saying who they are. Who has a list of addresses can still find theirs. */
const hashed = (address?: string) =>
  address === undefined ? undefined : createHash("sha256").update(address).digest("hex").slice(0, 16);

/** One maker for each type, so that a column gives what its type says. */
function text<Row>(
  name: string,
  caption: string,
  folder: Folder,
  comment: string,
  of: (row: Row) => Value["text"] | undefined,
): Column<Row> {
  return { name, type: "text", caption, folder, comment, of };
}

function integer<Row>(
  name: string,
  caption: string,
  folder: Folder,
  comment: string,
  of: (row: Row) => Value["integer"] | undefined,
  measure: Measure = "sum",
): Column<Row> {
  return { name, type: "integer", caption, folder, comment, of, measure };
}

function real<Row>(
  name: string,
  caption: string,
  folder: Folder,
  comment: string,
  of: (row: Row) => Value["real"] | undefined,
  measure: Measure = "average",
): Column<Row> {
  return { name, type: "real", caption, folder, comment, of, measure };
}

function moment<Row>(
  name: string,
  caption: string,
  folder: Folder,
  comment: string,
  of: (row: Row) => Value["moment"] | undefined,
): Column<Row> {
  return { name, type: "moment", caption, folder, comment, of };
}

function flag<Row>(
  name: string,
  caption: string,
  folder: Folder,
  comment: string,
  of: (row: Row) => Value["flag"] | undefined,
): Column<Row> {
  return { name, type: "flag", caption, folder, comment, of };
}
