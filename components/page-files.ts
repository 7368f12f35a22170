import { readdirSync } from "node:fs";
import { extname, join, relative, resolve, sep } from "node:path";
import * as pulumi from "@pulumi/pulumi";

export interface PageFile {
  /** Path on the site, such as `icons/192.png`. */
  readonly key: string;
  readonly contentType: string;
  readonly cacheControl: string;
  /** Whether others name it by a name that changes with its content. */
  readonly hashed: boolean;
  readonly source: pulumi.asset.FileAsset;
}

/** The page's files in a folder, seen from the project's root, in the order of their names. */
export function pageFiles(folder: string): PageFile[] {
  const from = fromRoot(folder);
  return readdirSync(from, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(from, join(parentPath, name)).split(sep).join("/"))
    .sort()
    .map((key) => ({ ...kindOf(key), key, source: new pulumi.asset.FileAsset(join(folder, key)) }));
}

/** Pulumi takes a path as it stands, from the project's root; here it must not depend on who called from where. */
export const fromRoot = (path: string): string => resolve(import.meta.dirname, "..", path);

function kindOf(key: string) {
  // As esbuild writes a hash of the content into a name.
  const hashed = /-[A-Z0-9]{8}\.\w+$/.test(key);
  return {
    hashed,
    contentType: types[extname(key)] ?? "application/octet-stream",
    // What keeps its name is asked after each time, and is mostly answered by "as before".
    cacheControl: hashed ? "public, max-age=31536000, immutable" : "no-cache",
  };
}

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".txt": "text/plain; charset=utf-8",
  ".webmanifest": "application/manifest+json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
};
