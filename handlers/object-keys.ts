import type { SourceType } from "./record.ts";

/** Where each actor leaves its bytes: a key says whose they are, so that doing it again overwrites the same. */

/** In the incoming bucket: keys that the front door signs. Each is used once, for one picture. */
export const uploadPrefix = "uploads/";

/** What was pulled from a source. */
export const pulledKey = (source: string, pictureId: string) => `pulled/${source}/${pictureId}`;

/** In the working bucket. Names its bytes: a late delivery must not put others in the place of those that were moderated. */
export const originalKey = (pictureId: string, contentHash: string, type: SourceType) =>
  `originals/${pictureId}.${contentHash}.${type}`;
/** Every size of a picture, uncompressed, as one object. */
export const resizedKey = (pictureId: string) => `resized/${pictureId}.tar`;
/** Every rendition of a picture as one object. Names its bytes: paid compressors may answer a second run otherwise. */
export const compressedKey = (pictureId: string, fingerprint: string) => `compressed/${pictureId}.${fingerprint}.tar`;

/** In the quarantine bucket: refused bytes, kept for inspection. */
export const refusedKey = (pictureId: string) => `refused/${pictureId}`;
