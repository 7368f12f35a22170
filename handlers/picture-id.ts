import { createHash } from "node:crypto";

/**
 * The id of a picture: a GUID (RFC 9562, version 8) made of where it comes from, so that the same
 * thing delivered twice is one record.
 */
export function pictureIdOf(source: string, sourceId: string, revision: string): string {
  const hash = createHash("sha256")
    .update(JSON.stringify([source, sourceId, revision]))
    .digest();
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x80, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  return hash.toString("hex", 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** What a source's file is called in its record, and the picture's id. */
export function fileIdentity(source: string, { id, version }: { readonly id: string; readonly version: string }) {
  const [sourceId, revision] = [shortened(id), shortened(version)];
  return { sourceId, revision, pictureId: pictureIdOf(source, sourceId, revision) };
}

/** S3 takes 2 KB of metadata in all; what is longer goes by its hash. */
const shortened = (text: string) =>
  encodeURIComponent(text.toWellFormed()).length <= 500
    ? text
    : `sha256:${createHash("sha256").update(text).digest("hex")}`;
