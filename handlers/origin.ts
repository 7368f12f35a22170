import { nameOf } from "./keys.ts";
import { uploadPrefix } from "./object-keys.ts";
import type { ObjectInfo } from "./ports.ts";
import type { Picture } from "./record.ts";

/** Where a picture comes from, and who hands it in. */
export type Origin = Pick<Picture, "source" | "sourceId" | "revision" | "name" | "uploader">;

/**
 * A signed upload names its one picture by its key; a pulled file by its source's words; anything
 * else by key and bytes. Only the front door knows who hands something in: it signed the metadata.
 */
export function originOf(key: string, { etag, metadata }: ObjectInfo): Origin {
  const said = (field: string) => (metadata[field] === undefined ? undefined : decoded(metadata[field]));
  const name = nameOf(said("name") ?? key);
  if (key.startsWith(uploadPrefix)) {
    const uploader = said("uploader")?.toLowerCase() || undefined;
    return { source: "upload", sourceId: key, revision: "1", name, uploader };
  }
  const source = said("source");
  if (source !== undefined) return { source, sourceId: said("id") ?? key, revision: said("revision") ?? etag, name };
  return { source: "bucket", sourceId: key, revision: etag, name };
}

/** Metadata travels percent-encoded; what somebody else left there is taken as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}
