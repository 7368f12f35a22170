import { dropboxHasher } from "../../providers/sources/digest.ts";
import type { Answer, Call, Content } from "./service.ts";

/** How Dropbox's HTTP interface writes things: entries, arguments, errors and scopes. */

export interface FakeFile {
  readonly id: string;
  readonly rev: string;
  readonly path: string;
  readonly content: Content;
  readonly hash: string;
  readonly modified: string;
  readonly downloadable: boolean;
}

export type Entry = { readonly file: FakeFile } | { readonly folder: string } | { readonly deleted: string };

export const lower = (path: string) => path.toLowerCase();
export const within = (path: string, folder: string) =>
  folder === "" || lower(path) === lower(folder) || lower(path).startsWith(`${lower(folder)}/`);
export const pathOf = (entry: Entry) =>
  "file" in entry ? entry.file.path : "folder" in entry ? entry.folder : entry.deleted;
export const argumentOf = ({ headers }: Call) => JSON.parse(String(headers["dropbox-api-arg"]));
export const headerSafe = (value: unknown) =>
  JSON.stringify(value).replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);

export function wrongOffset(parts: readonly Buffer[], offset: number): number | undefined {
  const size = parts.reduce((sum, { length }) => sum + length, 0);
  return size === offset ? undefined : size;
}

export function metadata(entry: Entry) {
  const path = pathOf(entry);
  const named = { name: path.split("/").at(-1), path_lower: lower(path), path_display: path };
  if ("deleted" in entry) return { ".tag": "deleted", ...named };
  if ("folder" in entry) return { ".tag": "folder", ...named, id: `id:folder${lower(path)}` };
  const { id, rev, content, hash, modified, downloadable } = entry.file;
  return {
    ".tag": "file",
    ...named,
    id,
    rev,
    size: content.size,
    content_hash: hash,
    client_modified: modified,
    server_modified: modified,
    is_downloadable: downloadable,
  };
}

export function conflict(...tags: string[]): Answer {
  const error = tags.reduceRight<object | undefined>(
    (inner, tag) => ({ ".tag": tag, ...(inner && { [tag]: inner }) }),
    undefined,
  );
  return { status: 409, json: { error_summary: `${tags.join("/")}/..`, error } };
}

export function scopeOf(route: string): string {
  if (route === "files/download") return "files.content.read";
  return /^files\/(upload|create|delete)/.test(route) ? "files.content.write" : "files.metadata.read";
}

export function hashOf(content: Content): string {
  const hasher = dropboxHasher();
  for (let at = 0; at < content.size; at += 65_536)
    hasher.update(Buffer.from(content.slice(at, Math.min(content.size, at + 65_536))));
  return hasher.digest();
}
