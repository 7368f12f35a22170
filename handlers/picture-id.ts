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
