import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { googleDriveSource } from "../../providers/sources/google-drive.ts";
import { type DriveClient, driveClient } from "../../providers/sources/google-drive-client.ts";
import { type DriveFile, folderType } from "../../providers/sources/google-drive-tree.ts";
import { uploadFile } from "../../providers/sources/google-drive-upload.ts";
import type { SourceRig } from "../contract/source/rig.ts";

/** A folder of its own in the Drive that `token` opens, below `parent`; it is deleted in the end. */
export async function liveRig(token: string, parent: string, send: typeof fetch = fetch): Promise<SourceRig> {
  const client = driveClient({ source: "live", auth: async () => token, writes: true, fetch: send });
  const root = await makeFolder(client, `darkroom-contract-${randomUUID()}`, parent);
  const writeBack = await makeFolder(client, "web", root);
  const deps = { folder: root, auth: async () => token, fetch: send, pageSize: 10 };

  async function idAt(path: string): Promise<string | undefined> {
    let id: string | undefined = root;
    for (const part of path.split("/"))
      id = id && ((await childrenOf(client, id)).find(({ name }) => name === part)?.id ?? undefined);
    return id;
  }
  async function folderAt(parts: readonly string[]): Promise<string> {
    let id = root;
    for (const part of parts)
      id = (await childrenOf(client, id)).find(({ name }) => name === part)?.id ?? (await makeFolder(client, part, id));
    return id;
  }
  /** Drive's changes come seconds after the call that made them. */
  async function told(change: () => Promise<string>): Promise<void> {
    const { startPageToken } = await client.call("", (sdk) => sdk.changes.getStartPageToken());
    const id = await change();
    for (const until = Date.now() + 60_000; Date.now() < until; await delay(1000)) {
      const page = await client.call("", (sdk) => sdk.changes.list({ pageToken: startPageToken!, pageSize: 1000 }));
      if (page.changes?.some(({ fileId }) => fileId === id)) return;
    }
    throw new Error(`expected the change of ${id} to be told within a minute`);
  }
  async function pathsIn(folder: string): Promise<string[]> {
    const found: string[] = [];
    for (const { id, name, mimeType } of await childrenOf(client, folder))
      found.push(...(mimeType === folderType ? (await pathsIn(id!)).map((path) => `${name}/${path}`) : [name!]));
    return found;
  }
  return {
    fresh: (patience) => googleDriveSource({ ...deps, name: "live", writeBack, patience }),
    foreign: () => googleDriveSource({ ...deps, name: "another" }),
    put: (path, body, { mime: contentType = "image/jpeg" } = {}) =>
      told(async () => {
        const parts = path.split("/");
        const name = parts.pop()!;
        const there = await idAt(path);
        if (there === undefined)
          return (await uploadFile(client, { name, parent: await folderAt(parts), body, contentType })).id!;
        const url = `https://www.googleapis.com/upload/drive/v3/files/${there}?uploadType=media&supportsAllDrives=true`;
        await client.send(url, {
          method: "PATCH",
          body: new Uint8Array(body),
          headers: { "content-type": contentType },
        });
        return there;
      }),
    remove: (path) =>
      told(async () => {
        const fileId = (await idAt(path))!;
        await client.call("", (sdk) => sdk.files.delete({ fileId, supportsAllDrives: true }));
        return fileId;
      }),
    async bytesOf(path) {
      const pieces: Buffer[] = [];
      for await (const piece of await client.download((await idAt(path))!, "", {})) pieces.push(piece);
      return Buffer.concat(pieces);
    },
    paths: () => pathsIn(root),
    writtenPath: (path) => `web/${path}`,
    faults: { clear() {}, sent: () => 0 },
    async close() {
      await client.call("", (sdk) => sdk.files.delete({ fileId: root, supportsAllDrives: true }));
    },
  };
}

async function makeFolder(client: DriveClient, name: string, parent: string): Promise<string> {
  const requestBody = { name, parents: [parent], mimeType: folderType };
  return (await client.call("", (sdk) => sdk.files.create({ requestBody, fields: "id", supportsAllDrives: true }))).id!;
}

async function childrenOf(client: DriveClient, parent: string): Promise<DriveFile[]> {
  const { files = [] } = await client.call("", (sdk) =>
    sdk.files.list({
      q: `'${parent}' in parents and trashed = false`,
      pageSize: 1000,
      fields: "files(id,name,mimeType)",
      supportsAllDrives: true,
      includeItemsFromAllDrives: true,
    }),
  );
  return files;
}
