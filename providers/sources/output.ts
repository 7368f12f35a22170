import { SourceError } from "./types.ts";

/**
 * Where a result goes: `path`, with `/` between its parts, below the write-back folder.
 * @throws SourceError `CONFIG` for a path that leads out of it, or nowhere.
 */
export function outputPath(source: string, folder: string, path: string): string {
  const parts = path.split("/").filter((part) => part !== "");
  if (parts.length > 0 && !parts.some((part) => part === "." || part === ".." || /[\\\0]/.test(part)))
    return [folder.replace(/\/+$/, ""), ...parts].filter((part) => part !== "").join("/");
  throw new SourceError(
    source,
    "CONFIG",
    `expected a path below the write-back folder "${folder}", received ${JSON.stringify(path)}`,
  );
}
