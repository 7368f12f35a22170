import { createVerify, generateKeyPairSync } from "node:crypto";
import {
  type Channel,
  contentOf,
  digestsOf,
  type FakeItem,
  failure,
  folderType,
  forgotten,
  idOf,
  matcherOf,
  only,
  routeOf,
} from "./google-drive-wire.ts";
import { type Answer, type Call, type Content, download, inMemory, rerouted, type Service, serve } from "./service.ts";

/** Google Drive's HTTP protocol, as far as a source needs it (https://developers.google.com/workspace/drive/api). */

export interface FakeDrive extends Service {
  /** Reaches this instead of Google. */
  readonly fetch: typeof fetch;
  readonly refreshSettings: { readonly clientId: string; readonly clientSecret: string; readonly refreshToken: string };
  /** A new key. */
  serviceAccount(): { readonly clientEmail: string; readonly privateKey: string };
  /** Most entries of a page. */
  pageSize: number;
  /** Digests that the service tells for whatever is put from now on; undefined for the right ones. */
  digests: { readonly sha256Checksum?: string; readonly md5Checksum?: string } | undefined;
  /** Listings say that they are not complete. */
  incomplete: boolean;
  /** The account has no room for files. */
  full: boolean;
  /** Channels that are open. */
  readonly channels: readonly Channel[];
  /** Id of a new folder. */
  folder(name: string, parent?: string, driveId?: string): string;
  /** A new file. */
  file(name: string, parent: string, content: Content | Uint8Array, mimeType?: string): string;
  /** New bytes, also for a digest that is not theirs. */
  update(id: string, content: Content | Uint8Array): void;
  move(id: string, parent: string): void;
  trash(id: string): void;
  /** Beyond recovery, with all that is in it. */
  remove(id: string): void;
  get(id: string): FakeItem | undefined;
  childrenOf(parent: string): readonly FakeItem[];
  /** Tokens of pages and changes given so far are no longer known. */
  forgetTokens(): void;
  /** An access token that is good. */
  token(): string;
  /** The access tokens given so far are refused from now on. */
  expireTokens(): void;
  /** The refresh token is refused from now on. */
  revoke(): void;
}

export async function fakeDrive(): Promise<FakeDrive> {
  const items = new Map<string, FakeItem>();
  /** Ids of what changed, in order. */
  const log: string[] = [];
  const uploads = new Map<
    string,
    { readonly about: { name: string; parents: string[]; mimeType: string }; parts: Buffer }
  >();
  let channels: Channel[] = [];
  let tokens = new Set<string>();
  let publicKey: string | undefined;
  let revoked = false;
  let generation = 0;
  let count = 0;
  const next = (prefix: string) => `${prefix}${(++count).toString(36).padStart(28, "0")}`;
  const time = () => new Date(1_700_000_000_000 + ++count * 1000).toISOString();

  function set(item: FakeItem): FakeItem {
    items.set(item.id, item);
    log.push(item.id);
    return item;
  }
  function create(name: string, mimeType: string, parent: string | undefined, content?: Content, driveId?: string) {
    const at = time();
    const home = driveId ?? (parent === undefined ? undefined : items.get(parent)?.driveId);
    return set({
      id: next("1"),
      name,
      mimeType,
      parents: parent === undefined ? [] : [parent],
      trashed: false,
      createdTime: at,
      modifiedTime: at,
      ...(home !== undefined && { driveId: home }),
      ...(content && describe(content)),
    });
  }
  const describe = (content: Content) => ({
    content,
    size: String(content.size),
    headRevisionId: next("0B"),
    ...(fake.digests ?? digestsOf(content)),
  });
  const isTrashed = ({ trashed, parents }: FakeItem): boolean =>
    trashed || parents.some((parent) => items.has(parent) && isTrashed(items.get(parent)!));
  const shown = (item: FakeItem) => ({
    ...item,
    content: undefined,
    trashed: isTrashed(item),
    capabilities: { canAddChildren: true },
  });

  /** What the call may see: of shared drives nothing, unless it says that it knows about them. */
  function visible(id: string, { url }: Call): FakeItem | undefined {
    const item = items.get(id);
    return item?.driveId === undefined || url.searchParams.get("supportsAllDrives") === "true" ? item : undefined;
  }

  const actions: Record<string, (call: Call) => Answer> = {
    "changes/startPageToken": () => ({ status: 200, json: { startPageToken: tokenOf(log.length) } }),
    changes({ url: { searchParams: query } }) {
      const from = placeOf(query.get("pageToken"));
      if (from === undefined) return forgotten;
      const until = Math.min(log.length, from + pageOf(query));
      // Only the newest change of a file is told.
      const ids = log.slice(from, until).filter((id, i) => log.lastIndexOf(id) === from + i);
      const driveId = query.get("driveId") ?? undefined;
      const changes = ids
        .filter((id) => !items.has(id) || items.get(id)!.driveId === driveId)
        .map((id) => {
          const item = items.get(id);
          if (!item) return { changeType: "file", fileId: id, removed: true };
          return { changeType: "file", fileId: id, removed: false, file: only(shown(item), query, "file") };
        });
      const where = until < log.length ? { nextPageToken: tokenOf(until) } : { newStartPageToken: tokenOf(until) };
      return { status: 200, json: { changes, ...where } };
    },
    "changes/watch"({ body }) {
      const { id, address, token, expiration } = JSON.parse(body.toString());
      const lasts = Math.min(Number(expiration), Date.now() + 7 * 24 * 3_600_000);
      channels.push({ id, resourceId: next("resource"), address, token, expiration: lasts });
      return { status: 200, json: { id, resourceId: channels.at(-1)!.resourceId, expiration: String(lasts) } };
    },
    "channels/stop"({ body }) {
      const { id, resourceId } = JSON.parse(body.toString());
      const left = channels.filter((channel) => channel.id !== id || channel.resourceId !== resourceId);
      if (left.length === channels.length) return failure(404, "notFound");
      channels = left;
      return { status: 204 };
    },
    "files/list"({ url: { searchParams: query } }) {
      const from = query.has("pageToken") ? placeOf(query.get("pageToken")) : 0;
      if (from === undefined) return forgotten;
      const wanted = matcherOf(query.get("q") ?? "");
      if (wanted.parent !== undefined && !items.has(wanted.parent)) return failure(404, "notFound", "fileId");
      const everywhere = query.get("includeItemsFromAllDrives") === "true";
      const found = [...items.values()].filter(
        (item) =>
          wanted.matches({ ...item, trashed: isTrashed(item) }) &&
          // What lies in a shared drive is only found by who searches that.
          (item.driveId === undefined || (everywhere && query.get("corpora") === "drive")) &&
          (!query.has("driveId") || item.driveId === query.get("driveId")),
      );
      if (query.get("orderBy") === "createdTime") found.sort((a, b) => (a.createdTime < b.createdTime ? -1 : 1));
      const until = from + pageOf(query);
      const files = found.slice(from, until).map((item) => only(shown(item), query, "files"));
      const more = until < found.length && { nextPageToken: tokenOf(until) };
      return { status: 200, json: { files, incompleteSearch: fake.incomplete, ...more } };
    },
    "files/create"({ body, url: { searchParams: query } }) {
      const { name, parents, mimeType } = JSON.parse(body.toString());
      return { status: 200, json: only(shown(create(name, mimeType, parents[0])), query) };
    },
    "files/get"(call) {
      const item = visible(idOf(call), call);
      return item
        ? { status: 200, json: only(shown(item), call.url.searchParams) }
        : failure(404, "notFound", "fileId");
    },
    "files/media"(call) {
      const item = visible(idOf(call), call);
      if (!item) return failure(404, "notFound", "fileId");
      if (!item.content) return failure(403, "fileNotDownloadable", "alt");
      return download(item.content, call.headers.range, { "content-type": item.mimeType });
    },
    "files/delete"(call) {
      remove(idOf(call));
      return { status: 204 };
    },
    "upload/update"(call) {
      update(idOf(call), call.body);
      return { status: 200, json: only(shown(items.get(idOf(call))!), call.url.searchParams) };
    },
    "upload/begin"({ body }) {
      if (fake.full) return failure(403, "storageQuotaExceeded");
      const id = next("upload");
      uploads.set(id, { about: JSON.parse(body.toString()), parts: Buffer.alloc(0) });
      const location = `https://www.googleapis.com/upload/drive/v3/files?uploadType=resumable&upload_id=${id}`;
      return { status: 200, headers: { location } };
    },
    "upload/chunk"({ url: { searchParams: query }, headers, body }) {
      const upload = uploads.get(query.get("upload_id") ?? "");
      const range = /^bytes (?:\*|(\d+)-(\d+))\/(\d+)$/.exec(headers["content-range"] ?? "");
      if (!upload || !range) return failure(404, "notFound");
      const total = Number(range[3]);
      if (range[1] !== undefined && Number(range[1]) === upload.parts.length)
        upload.parts = Buffer.concat([upload.parts, body]);
      const { about, parts } = upload;
      if (parts.length < total)
        return { status: 308, headers: parts.length > 0 ? { range: `bytes=0-${parts.length - 1}` } : {} };
      const known = [...items.values()].find(({ id }) => id === finished.get(upload));
      const item = known ?? create(about.name, about.mimeType, about.parents[0], inMemory(parts));
      finished.set(upload, item.id);
      return { status: 200, json: shown(item) };
    },
  };
  const finished = new Map<object, string>();

  function token({ body }: Call): Answer {
    const form = new URLSearchParams(body.toString());
    if (form.has("assertion")) {
      const [head, claims, signature] = form.get("assertion")!.split(".");
      const signed = createVerify("RSA-SHA256").update(`${head}.${claims}`);
      if (!publicKey || !signed.verify(publicKey, signature ?? "", "base64url"))
        return { status: 400, json: { error: "invalid_grant", error_description: "Invalid JWT Signature." } };
    } else {
      const { clientId, clientSecret, refreshToken } = fake.refreshSettings;
      if (form.get("client_id") !== clientId || form.get("client_secret") !== clientSecret)
        return { status: 401, json: { error: "invalid_client", error_description: "Unauthorized" } };
      if (revoked || form.get("refresh_token") !== refreshToken)
        return {
          status: 400,
          json: { error: "invalid_grant", error_description: "Token has been expired or revoked." },
        };
    }
    return { status: 200, json: { access_token: issue(), expires_in: 3599, token_type: "Bearer" } };
  }

  function issue(): string {
    const value = next("ya29.");
    tokens.add(value);
    return value;
  }
  function answer(call: Call): Answer {
    if (call.route === "token") return token(call);
    const given = call.headers.authorization?.replace(/^Bearer /, "");
    if (given === undefined || !tokens.has(given)) return failure(401, "authError", "Authorization");
    return actions[call.route]?.(call) ?? failure(404, "notFound");
  }
  function update(id: string, content: Content | Uint8Array) {
    set({ ...items.get(id)!, modifiedTime: time(), ...describe(contentOf(content)) });
  }
  function remove(id: string) {
    for (const child of [...items.values()].filter(({ parents }) => parents.includes(id))) remove(child.id);
    items.delete(id);
    log.push(id);
  }
  const tokenOf = (place: number) => `${generation}-${place}`;
  const placeOf = (given: string | null) => {
    const [, made, place] = /^(\d+)-(\d+)$/.exec(given ?? "") ?? [];
    return Number(made) === generation ? Number(place) : undefined;
  };
  const pageOf = (query: URLSearchParams) => Math.min(fake.pageSize, Number(query.get("pageSize") ?? 100));

  const service = await serve(routeOf, answer);
  const fake: FakeDrive = Object.assign(service, {
    fetch: rerouted(service.origin),
    refreshSettings: { clientId: "client", clientSecret: "client-secret", refreshToken: "refresh-token" },
    serviceAccount() {
      const pair = generateKeyPairSync("rsa", {
        modulusLength: 2048,
        publicKeyEncoding: { type: "spki", format: "pem" },
        privateKeyEncoding: { type: "pkcs8", format: "pem" },
      });
      publicKey = pair.publicKey;
      return { clientEmail: "robot@example.iam.gserviceaccount.com", privateKey: pair.privateKey };
    },
    pageSize: 1000,
    digests: undefined,
    incomplete: false,
    full: false,
    channels,
    folder: (name: string, parent?: string, driveId?: string) =>
      create(name, folderType, parent, undefined, driveId).id,
    file: (name: string, parent: string, content: Content | Uint8Array, mimeType = "image/jpeg") =>
      create(name, mimeType, parent, contentOf(content)).id,
    update,
    move: (id: string, parent: string) => void set({ ...items.get(id)!, parents: [parent] }),
    trash: (id: string) => void set({ ...items.get(id)!, trashed: true }),
    remove,
    get: (id: string) => items.get(id),
    childrenOf: (parent: string) => [...items.values()].filter(({ parents }) => parents.includes(parent)),
    forgetTokens: () => void generation++,
    token: issue,
    expireTokens: () => {
      tokens = new Set();
    },
    revoke() {
      revoked = true;
      tokens = new Set();
    },
  });
  return Object.defineProperty(fake, "channels", { get: () => channels });
}
