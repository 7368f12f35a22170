import type { FileVersion, SkipReason } from "./types.ts";

export interface PictureRules {
  /** Folder of our own results, written like `path`. */
  readonly writeBack?: string;
  /** Larger files are not worth asking for. */
  readonly maxBytes?: number;
}

/** Why a listed file is not worth pulling, told by its name, type and size; undefined when it is. */
export function skipOf(
  { path, size, mime }: Pick<FileVersion, "path" | "size" | "mime">,
  { writeBack, maxBytes = Number.POSITIVE_INFINITY }: PictureRules = {},
): SkipReason | undefined {
  if (writeBack !== undefined && isUnder(path, writeBack)) return "own-output";
  if (!looksLikePicture(path, mime)) return "not-an-image";
  if (size === 0) return "empty";
  if (size !== undefined && size > maxBytes) return "too-large";
}

/** Whether `path` lies in `folder`. Both are of one service; slashes at their ends do not matter. */
export function isUnder(path: string, folder: string): boolean {
  const outer = trimmed(folder);
  return outer === "" || trimmed(path) === outer || trimmed(path).startsWith(`${outer}/`);
}

const trimmed = (path: string) => path.normalize("NFC").replace(/^\/+|\/+$/g, "");

function looksLikePicture(path: string, mime: string | undefined): boolean {
  const name = path.split("/").at(-1) ?? "";
  // What macOS leaves beside every file on foreign disks: same name, no picture.
  if (name.startsWith("._")) return false;
  return /^image\//i.test(mime ?? "") || pictureName.test(name);
}

/** Types that ingest takes, and those it refuses with a sentence that helps; content decides there. */
const pictureName = /\.(jpe?g|jpe|jfif|png|webp|avif|gif|tiff?|heic|heif|bmp|jxl|svg)$/i;
