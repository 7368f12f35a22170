import { type GoogleDriveDeps, googleDriveSource } from "../../providers/sources/google-drive.ts";
import type { SourceRig } from "../contract/source/rig.ts";
import type { FakeDrive } from "../fakes/google-drive.ts";
import { failure, folderType } from "../fakes/google-drive-wire.ts";
import type { Fault } from "../fakes/service.ts";

export function sourceAt(fake: FakeDrive, folder: string, more: Partial<GoogleDriveDeps> = {}) {
  return googleDriveSource({
    name: "team",
    folder,
    auth: fake.refreshSettings,
    fetch: fake.fetch,
    patience: { wait: async () => {} },
    ...more,
  });
}

/** Id of what is at `path` below `root`; folders on the way are made when `make` says so. */
function idAt(fake: FakeDrive, root: string, path: string): string | undefined {
  let id: string | undefined = root;
  for (const part of path.split("/"))
    id = id && fake.childrenOf(id).find(({ name, trashed }) => name === part && !trashed)?.id;
  return id;
}

function put(fake: FakeDrive, root: string, path: string, bytes: Uint8Array, mime?: string): string {
  const there = idAt(fake, root, path);
  if (there !== undefined) {
    fake.update(there, bytes);
    return there;
  }
  const parts = path.split("/");
  const name = parts.pop()!;
  let parent = root;
  for (const part of parts) parent = idAt(fake, parent, part) ?? fake.folder(part, parent);
  return fake.file(name, parent, bytes, mime);
}

export function pathsIn(fake: FakeDrive, folder: string): string[] {
  return fake.childrenOf(folder).flatMap(({ id, name, mimeType, trashed }) => {
    if (trashed) return [];
    return mimeType === folderType ? pathsIn(fake, id).map((path) => `${name}/${path}`) : [name];
  });
}

export function rigOf(fake: FakeDrive): SourceRig {
  const root = fake.folder("Pictures");
  const writeBack = fake.folder("web", root);
  const fresh: SourceRig["fresh"] = (patience) =>
    sourceAt(fake, root, { writeBack, pageSize: 10, patience: { wait: async () => {}, ...patience } });
  return {
    fresh,
    foreign: () => sourceAt(fake, root, { name: "another" }),
    put: async (path, bytes, more) => void put(fake, root, path, bytes, more?.mime),
    remove: async (path) => fake.remove(idAt(fake, root, path)!),
    async bytesOf(path) {
      const content = fake.get(idAt(fake, root, path) ?? "")?.content;
      return content && Buffer.from(content.slice(0, content.size));
    },
    paths: async () => pathsIn(fake, root),
    writtenPath: (path) => `web/${path}`,
    async oddities() {
      fake.file("letter", root, Buffer.from("x"), "application/vnd.google-apps.document");
      fake.file("elsewhere.jpg", root, Buffer.from("x"), "application/vnd.google-apps.shortcut");
      return { letter: "native-document", "elsewhere.jpg": "shortcut" };
    },
    faults: {
      cut: (times, after) => fake.fault("files/media", { kind: "cut", after }, times),
      corruptBody: () => fake.fault("files/media", { kind: "corrupt" }, Number.POSITIVE_INFINITY),
      shortBody: () => fake.fault("files/media", { kind: "half" }, Number.POSITIVE_INFINITY),
      hang: (times) => fake.fault("files/media", { kind: "hang" }, times),
      rateLimit(seconds) {
        const fault: Fault = { kind: "answer", answer: tooMany(seconds) };
        fake.weather = ({ route }) => (route === "token" ? undefined : fault);
      },
      revoke: () => fake.fault("*", { kind: "answer", answer: revoked }, Number.POSITIVE_INFINITY),
      forget: () => fake.forgetTokens(),
      breakWrites: () => fake.fault("upload/chunk", { kind: "cut", after: -1 }, Number.POSITIVE_INFINITY),
      clear: () => fake.clear(),
      sent: () => fake.sent,
    },
    close: () => fake.close(),
  };
}

const tooMany = (seconds: number) =>
  failure(403, "userRateLimitExceeded", undefined, { "retry-after": String(seconds) });
const revoked = { status: 400, json: { error: "invalid_grant" } };
