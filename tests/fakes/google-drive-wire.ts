import { createHash } from "node:crypto";
import { type Answer, type Call, type Content, inMemory } from "./service.ts";

/** How Drive's HTTP interface writes things: routes, searches, fields and errors. */

export interface FakeItem {
  readonly id: string;
  readonly name: string;
  readonly mimeType: string;
  readonly parents: readonly string[];
  readonly trashed: boolean;
  readonly createdTime: string;
  readonly modifiedTime: string;
  /** Of the shared drive it lies in. */
  readonly driveId?: string;
  readonly content?: Content;
  readonly size?: string;
  readonly md5Checksum?: string;
  readonly sha256Checksum?: string;
  readonly headRevisionId?: string;
}

export interface Channel {
  readonly id: string;
  readonly resourceId: string;
  readonly address: string;
  readonly token: string;
  readonly expiration: number;
}

export const folderType = "application/vnd.google-apps.folder";

export function routeOf(method: string, { pathname, searchParams }: URL): string {
  const path = pathname.replace(/^\/[^/]+/, "");
  if (path === "/token") return "token";
  if (path.startsWith("/upload/")) return { PUT: "upload/chunk", PATCH: "upload/update" }[method] ?? "upload/begin";
  const [, route = "", id] = /^\/drive\/v3\/(changes\/\w+|channels\/\w+|changes|files)(?:\/([^/]+))?$/.exec(path) ?? [];
  if (route !== "files") return route;
  if (id === undefined) return method === "POST" ? "files/create" : "files/list";
  if (method === "DELETE") return "files/delete";
  return searchParams.get("alt") === "media" ? "files/media" : "files/get";
}

export const idOf = ({ url }: Call) => decodeURIComponent(url.pathname.split("/").at(-1)!);
export const contentOf = (content: Content | Uint8Array) =>
  content instanceof Uint8Array ? inMemory(content) : content;

/** Drive's search language: what a source uses of it. */
export function matcherOf(q: string) {
  const terms = [
    ...q.matchAll(/(?:'([^']*)' in (parents)|(\w+) (=|contains) (true|false|'(?:\\.|[^'\\])*'))(?: and |$)/g),
  ];
  if (terms.map(([term]) => term).join("") !== q) throw new Error(`the fake does not know the search ${q}`);
  const tests = terms.map(([, parent, , field, operator, literal = ""]) => {
    if (parent !== undefined) return (item: FakeItem) => item.parents.includes(parent);
    const value = literal.replace(/^'|'$/g, "").replace(/\\(.)/g, "$1");
    return (item: FakeItem) => {
      const found = String(item[field as keyof FakeItem]);
      return operator === "=" ? found === value : found.includes(value);
    };
  });
  return {
    parent: terms.find(([, parent]) => parent)?.[1],
    matches: (item: FakeItem) => tests.every((test) => test(item)),
  };
}

/** As `fields` asks; `within` names the part that describes a file. */
export function only(item: object, query: URLSearchParams, within?: string): object {
  const fields = query.get("fields") ?? "id,name,mimeType,kind";
  const part =
    within === undefined ? fields : new RegExp(`\\b${within}\\(((?:[^()]|\\([^()]*\\))*)\\)`).exec(fields)?.[1];
  const names = new Set((part ?? "").split(",").map((name) => name.replace(/\(.*$/, "")));
  return Object.fromEntries(Object.entries(item).filter(([name]) => names.has(name)));
}

export function digestsOf(content: Content) {
  const [md5, sha256] = [createHash("md5"), createHash("sha256")];
  for (let at = 0; at < content.size; at += 65_536)
    for (const hash of [md5, sha256]) hash.update(content.slice(at, Math.min(content.size, at + 65_536)));
  return { md5Checksum: md5.digest("hex"), sha256Checksum: sha256.digest("hex") };
}

/** As Drive says that something went wrong. */
export const failure = (
  code: number,
  reason: string,
  location?: string,
  headers: Readonly<Record<string, string>> = {},
): Answer => ({
  status: code,
  headers,
  json: {
    error: {
      code,
      message: reason,
      errors: [{ domain: "global", reason, message: reason, ...(location && { location }) }],
    },
  },
});

export const forgotten = failure(400, "invalid", "pageToken");
