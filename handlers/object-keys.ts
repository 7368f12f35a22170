import type { SourceType } from "./record.ts";

/** Where each actor leaves its bytes: a key says whose they are, so that doing it again overwrites the same. */

/** In the incoming bucket: keys that the front door signs. Each is used once, for one picture. */
export const uploadPrefix = "uploads/";

/** What was pulled from a source. */
export const pulledKey = (source: string, pictureId: string) => `pulled/${source}/${pictureId}`;

/** In the working bucket. Names its bytes: a late delivery must not put others in the place of those that were moderated. */
export const originalKey = (pictureId: string, contentHash: string, type: SourceType) =>
  `originals/${pictureId}.${contentHash}.${type}`;
/** Whose original it is. In the archive bucket it has the same key. */
export const pictureIdIn = (original: string) => original.slice("originals/".length).split(".", 1)[0]!;
/** In the archive bucket: what all originals of a picture begin with. */
export const archivedPrefix = (pictureId: string) => `originals/${pictureId}.`;
/** Every size of a picture, uncompressed, as one object. */
export const resizedKey = (pictureId: string) => `resized/${pictureId}.tar`;
/** Every rendition of a picture as one object. Names its bytes: paid compressors may answer a second run otherwise. */
export const compressedKey = (pictureId: string, fingerprint: string) => `compressed/${pictureId}.${fingerprint}.tar`;
/** A small picture for the eyes of a reviewer; there only while a picture is in review. */
export const previewKey = (pictureId: string) => `previews/${pictureId}.jpg`;
/** In the working bucket: what everything of a picture begins with, whatever bytes its keys name. */
export const workingPrefixes = (pictureId: string) =>
  ["originals", "resized", "compressed", "previews"].map((folder) => `${folder}/${pictureId}.`);

/** In the working bucket: what was read in a repository's pages. */
export const notebookKey = (repository: string) => `discover/${repository}.json`;

/** In the published bucket: what all renditions of a picture begin with. */
export const publishedPrefix = (pictureId: string) => `${pictureId}/`;

/** In the quarantine bucket: refused bytes, kept for inspection. */
export const refusedKey = (pictureId: string) => `refused/${pictureId}`;
