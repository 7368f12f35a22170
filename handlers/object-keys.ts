import type { SourceType } from "./record.ts";

/** Where each actor leaves its bytes: a key says whose they are, so that doing it again overwrites the same. */

/** In the incoming bucket: keys that the front door signs. Each is used once, for one picture. */
export const uploadPrefix = "uploads/";

/** In the working bucket. */
export const originalKey = (pictureId: string, type: SourceType) => `originals/${pictureId}.${type}`;
/** Every size of a picture, uncompressed, as one object. */
export const resizedKey = (pictureId: string) => `resized/${pictureId}.tar`;
/** Every rendition of a picture as one object. */
export const compressedKey = (pictureId: string) => `compressed/${pictureId}.tar`;

/** In the quarantine bucket: refused bytes, kept for inspection. */
export const refusedKey = (pictureId: string) => `refused/${pictureId}`;
