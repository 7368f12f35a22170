import { createHmac } from "node:crypto";
import {
  argumentOf,
  conflict,
  type Entry,
  type FakeFile,
  hashOf,
  headerSafe,
  lower,
  metadata,
  pathOf,
  scopeOf,
  within,
  wrongOffset,
} from "./dropbox-wire.ts";
import { type Answer, type Call, type Content, download, inMemory, rerouted, type Service, serve } from "./service.ts";

/** Dropbox's HTTP protocol, as far as a source needs it (https://www.dropbox.com/developers/documentation/http). */

export interface FakeDropbox extends Service {
  /** Reaches this instead of Dropbox. */
  readonly fetch: typeof fetch;
  readonly appSecret: string;
  readonly refreshSettings: { readonly clientId: string; readonly clientSecret: string; readonly refreshToken: string };
  /** Digest that the service tells for whatever is put from now on; undefined for the right one. */
  wrongHash: string | undefined;
  /** Namespace that requests must name; undefined for the member's own. */
  pathRoot: string | undefined;
  /** Scopes that the token lacks. */
  readonly missingScopes: Set<string>;
  put(path: string, content: Content | Uint8Array, options?: { downloadable?: boolean }): FakeFile;
  folder(path: string): void;
  /** A file, or a folder with all that is in it. */
  remove(path: string): void;
  move(from: string, to: string): void;
  at(path: string): FakeFile | undefined;
  /** Of every file. */
  paths(): string[];
  /** Upload sessions that were begun and not finished. */
  readonly openSessions: number;
  /** Cursors given so far are no longer known. */
  forgetCursors(): void;
  /** An access token that is good. */
  token(): string;
  /** The access tokens given so far are refused from now on. */
  expireTokens(): void;
  /** The refresh token is refused from now on. */
  revoke(): void;
  /** What Dropbox calls the webhook with. */
  notification(): { readonly body: Buffer; readonly signature: string };
}

interface Place {
  readonly path: string;
  /** Entries of a page. */
  readonly limit: number;
  readonly left: readonly Entry[];
  /** Length of the log that is told already. */
  readonly seen: number;
}

export async function fakeDropbox(): Promise<FakeDropbox> {
  const files = new Map<string, FakeFile>();
  /** Also of versions that were replaced. */
  const revisions = new Map<string, FakeFile>();
  const folders = new Set<string>();
  const log: Entry[] = [];
  const cursors = new Map<string, Place>();
  const sessions = new Map<string, Buffer[]>();
  let tokens = new Set<string>();
  let revoked = false;
  let count = 0;
  const next = (prefix: string) => `${prefix}${(++count).toString(16).padStart(9, "0")}`;

  function put(
    path: string,
    content: Content | Uint8Array,
    { id, downloadable = true }: { id?: string; downloadable?: boolean } = {},
  ) {
    const of = content instanceof Uint8Array ? inMemory(content) : content;
    const parts = path.split("/");
    for (let depth = 2; depth < parts.length; depth++) addFolder(parts.slice(0, depth).join("/"));
    const file: FakeFile = {
      id: id ?? files.get(lower(path))?.id ?? next("id:"),
      rev: next("01"),
      path,
      content: of,
      hash: fake.wrongHash ?? hashOf(of),
      modified: new Date(1_700_000_000_000 + count * 1000).toISOString().replace(/\.\d+/, ""),
      downloadable,
    };
    files.set(lower(path), file);
    revisions.set(file.rev, file);
    log.push({ file });
    return file;
  }
  function addFolder(path: string) {
    if (folders.has(lower(path))) return;
    folders.add(lower(path));
    log.push({ folder: path });
  }
  function remove(path: string) {
    for (const key of files.keys()) if (within(key, path)) files.delete(key);
    for (const key of folders) if (within(key, path)) folders.delete(key);
    log.push({ deleted: path });
  }

  const actions: Record<string, (call: Call) => Answer> = {
    "oauth2/token": ({ body }) => {
      const form = new URLSearchParams(body.toString());
      const { clientId, clientSecret, refreshToken } = fake.refreshSettings;
      if (form.get("client_id") !== clientId || form.get("client_secret") !== clientSecret)
        return {
          status: 400,
          json: { error: "invalid_client", error_description: "Invalid client_id or client_secret" },
        };
      if (revoked || form.get("refresh_token") !== refreshToken)
        return {
          status: 400,
          json: { error: "invalid_grant", error_description: "refresh token is invalid or revoked" },
        };
      return { status: 200, json: { access_token: issue(), expires_in: 14_400, token_type: "bearer" } };
    },
    "files/list_folder": ({ body }) => {
      const { path, limit = 500 } = JSON.parse(body.toString());
      if (path !== "" && !folders.has(lower(path))) return conflict("path", "not_found");
      const left: Entry[] = [...files.values()].filter((file) => within(file.path, path)).map((file) => ({ file }));
      return page({ path, limit, left, seen: log.length });
    },
    "files/list_folder/continue": ({ body }) => {
      const cursor = cursors.get(JSON.parse(body.toString()).cursor);
      if (!cursor) return conflict("reset");
      if (cursor.left.length > 0) return page(cursor);
      const left = log.slice(cursor.seen).filter((entry) => within(pathOf(entry), cursor.path));
      return page({ ...cursor, left, seen: log.length });
    },
    "files/get_metadata": ({ body }) => {
      const { path } = JSON.parse(body.toString());
      const file = find(path);
      if (file) return { status: 200, json: metadata({ file }) };
      return folders.has(lower(path))
        ? { status: 200, json: metadata({ folder: path }) }
        : conflict("path", "not_found");
    },
    "files/download": (call) => {
      const file = find(argumentOf(call).path);
      if (!file) return conflict("path", "not_found");
      if (!file.downloadable) return conflict("path", "unsupported_file");
      const headers = {
        "dropbox-api-result": headerSafe(metadata({ file })),
        "content-type": "application/octet-stream",
      };
      return download(file.content, call.headers.range, headers);
    },
    "files/upload"(call) {
      const { path, mode } = argumentOf(call);
      if (mode?.[".tag"] !== "overwrite" && files.has(lower(path))) return conflict("path", "reason", "conflict");
      return { status: 200, json: metadata({ file: put(path, call.body) }) };
    },
    "files/create_folder_v2"({ body }) {
      const { path } = JSON.parse(body.toString());
      addFolder(path);
      return { status: 200, json: { metadata: metadata({ folder: path }) } };
    },
    "files/delete_v2"({ body }) {
      const { path } = JSON.parse(body.toString());
      remove(path);
      return { status: 200, json: { metadata: metadata({ deleted: path }) } };
    },
    "files/upload_session/start": ({ body }) => {
      const session = next("session:");
      sessions.set(session, [body]);
      return { status: 200, json: { session_id: session } };
    },
    "files/upload_session/append_v2": (call) => {
      const { cursor } = argumentOf(call);
      const parts = sessions.get(cursor.session_id);
      if (!parts) return conflict("not_found");
      const wrong = wrongOffset(parts, cursor.offset);
      if (wrong !== undefined)
        return { status: 409, json: { error: { ".tag": "incorrect_offset", correct_offset: wrong } } };
      parts.push(call.body);
      return { status: 200, json: null };
    },
    "files/upload_session/finish": (call) => {
      const { cursor, commit, content_hash } = argumentOf(call);
      const parts = sessions.get(cursor.session_id);
      if (!parts) return conflict("lookup_failed", "not_found");
      if (wrongOffset(parts, cursor.offset) !== undefined) return conflict("lookup_failed", "incorrect_offset");
      if (content_hash && content_hash !== hashOf(inMemory(call.body))) return conflict("content_hash_mismatch");
      const body = Buffer.concat([...parts, call.body]);
      const there = files.get(lower(commit.path));
      // Without strict_conflict the same bytes once more are no conflict.
      if (there && !commit.strict_conflict && there.hash === hashOf(inMemory(body)))
        return { status: 200, json: metadata({ file: there }) };
      if (there || folders.has(lower(commit.path))) return conflict("path", "conflict");
      sessions.delete(cursor.session_id);
      return { status: 200, json: metadata({ file: put(commit.path, body) }) };
    },
  };

  function answer(call: Call): Answer {
    const action = actions[call.route];
    if (!action) return { status: 404 };
    if (call.route === "oauth2/token") return action(call);
    const token = call.headers.authorization?.replace(/^Bearer /, "");
    if (token === undefined || !tokens.has(token))
      return {
        status: 401,
        json: { error_summary: "expired_access_token/", error: { ".tag": "expired_access_token" } },
      };
    const scope = scopeOf(call.route);
    if (fake.missingScopes.has(scope))
      return { status: 401, json: { error: { ".tag": "missing_scope", required_scope: scope } } };
    const root = call.headers["dropbox-api-path-root"];
    const named = root === undefined ? undefined : JSON.parse(String(root)).namespace_id;
    if (named !== fake.pathRoot) return { status: 422, json: { error: { ".tag": "invalid_root" } } };
    return action(call);
  }

  /** A page of what is left, and a cursor for the rest and then for what changes later. */
  function page(place: Place): Answer {
    const cursor = next("cursor:");
    const left = place.left.slice(place.limit);
    cursors.set(cursor, { ...place, left });
    const entries = place.left.slice(0, place.limit).map(metadata);
    return { status: 200, json: { entries, cursor, has_more: left.length > 0 } };
  }
  function find(path: string): FakeFile | undefined {
    if (path.startsWith("id:")) return files.values().find(({ id }) => id === path);
    if (!path.startsWith("rev:")) return files.get(lower(path));
    // Whether Dropbox serves old revisions of deleted files is not documented; this one does.
    return revisions.get(path.slice(4));
  }
  function issue() {
    const token = next("sl.");
    tokens.add(token);
    return token;
  }

  const service = await serve((_, url) => url.pathname.replace(/^\/[^/]+\/(2\/)?/, ""), answer);
  const fake: FakeDropbox = Object.assign(service, {
    fetch: rerouted(service.origin),
    appSecret: "app-secret",
    refreshSettings: { clientId: "app-key", clientSecret: "app-secret", refreshToken: "refresh-token" },
    wrongHash: undefined,
    pathRoot: undefined,
    missingScopes: new Set<string>(),
    put,
    folder: addFolder,
    remove,
    move(from: string, to: string) {
      const moved = [...files.values()].filter((file) => within(file.path, from));
      remove(from);
      for (const { id, path, content } of moved) put(`${to}${path.slice(from.length)}`, content, { id });
    },
    at: (path: string) => files.get(lower(path)),
    paths: () => [...files.values()].map(({ path }) => path),
    openSessions: 0,
    forgetCursors: () => cursors.clear(),
    token: issue,
    expireTokens: () => {
      tokens = new Set();
    },
    revoke: () => {
      revoked = true;
      tokens = new Set();
    },
    notification() {
      const body = Buffer.from(JSON.stringify({ list_folder: { accounts: ["dbid:1"] } }));
      return { body, signature: createHmac("sha256", fake.appSecret).update(body).digest("hex") };
    },
  });
  return Object.defineProperty(fake, "openSessions", { get: () => sessions.size });
}
