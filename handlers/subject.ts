import { uploadPrefix } from "./object-keys.ts";
import { pictureIdOf } from "./picture-id.ts";

/**
 * What a line says of an object before anybody has looked at it. What was uploaded, pulled or
 * archived names its picture by its key; of anything else the id is made of the bytes too.
 */
export function subjectOf(key: string | undefined): { readonly key?: string; readonly pictureId?: string } {
  if (key?.startsWith(uploadPrefix)) return { key, pictureId: pictureIdOf("upload", key, "1") };
  return { key, pictureId: /^(?:pulled\/[^/]+\/|originals\/)([0-9a-f-]{36})(?:\.|$)/.exec(key ?? "")?.[1] };
}
