import { extname } from "node:path";

/** What the form of an upload says of a file, by its name; Darkroom itself goes by content. */
export const declaredType = (file: string) => types[extname(file).toLowerCase()] ?? "application/octet-stream";

const types: Readonly<Record<string, string>> = {
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".png": "image/png",
  ".gif": "image/gif",
  ".webp": "image/webp",
  ".avif": "image/avif",
  ".tif": "image/tiff",
  ".tiff": "image/tiff",
};
