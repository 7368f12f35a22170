import { createHash } from "node:crypto";
import type { DriveClient } from "./google-drive-client.ts";
import { type DriveFile, folderType } from "./google-drive-tree.ts";
import { uploadFile } from "./google-drive-upload.ts";
import { allDrives } from "./google-drive-walk.ts";
import { outputPath } from "./output.ts";
import { SourceError, type Written } from "./types.ts";

export interface WriteDeps {
  readonly client: DriveClient;
  /** Id of the folder that results go to. */
  readonly folder: string;
  /** Id of the shared drive that the folder lies in. @default the account's own */
  readonly driveId?: string;
}

/**
 * Adds a file below the folder. Drive lets any number of files have one name, so
 * that nobody's is replaced is seen to here: asked before, and once more after, when the oldest stays.
 * @throws SourceError CONFLICT when there is a file of that name
 */
export async function addFile(
  { client, folder, driveId }: WriteDeps,
  path: string,
  body: Buffer,
  contentType: string,
): Promise<Written> {
  const parts = outputPath(client.source, "", path).split("/");
  const name = parts.pop()!;
  let parent = folder;
  for (const part of parts) parent = await subfolder({ client, folder: parent, driveId }, part);
  const place = { client, folder: parent, driveId };

  const conflict = () => new SourceError(client.source, "CONFLICT", `something is there already for writing ${path}`);
  if ((await named(place, name)).length > 0) throw conflict();
  const file = await uploadFile(client, { name, parent, body, contentType });
  if (file.md5Checksum !== createHash("md5").update(body).digest("hex")) {
    await remove(client, file.id!);
    throw new SourceError(client.source, "INTEGRITY", `Drive received other bytes in writing ${path}`);
  }
  const [oldest] = await named(place, name);
  if (oldest !== undefined && oldest.id !== file.id) {
    await remove(client, file.id!);
    throw conflict();
  }
  return { id: file.id!, path: parts.concat(name).join("/") };
}

/** Id of the folder of that name, made when there is none. Of two made at once, the oldest stays. */
async function subfolder(place: WriteDeps, name: string): Promise<string> {
  const { client, folder } = place;
  const [found] = await named(place, name, folderType);
  if (found) return found.id!;
  const { id } = await client.call(`making the folder ${name}`, (sdk) =>
    sdk.files.create({
      requestBody: { name, parents: [folder], mimeType: folderType },
      fields: "id",
      supportsAllDrives: true,
    }),
  );
  const [oldest] = await named(place, name, folderType);
  if (oldest === undefined || oldest.id === id) return id!;
  await remove(client, id!);
  return oldest.id!;
}

/** Oldest first. */
async function named({ client, folder, driveId }: WriteDeps, name: string, mimeType?: string): Promise<DriveFile[]> {
  const literal = name.replace(/[\\']/g, "\\$&");
  const { files = [] } = await client.call(`looking for ${name}`, (sdk) =>
    sdk.files.list({
      q: `'${folder}' in parents and name = '${literal}' and trashed = false${mimeType ? ` and mimeType = '${mimeType}'` : ""}`,
      orderBy: "createdTime",
      fields: "files(id,name)",
      ...allDrives(driveId),
    }),
  );
  return files.filter((file) => file.name === name);
}

const remove = (client: DriveClient, fileId: string) =>
  client.call("taking back what was just written", (sdk) => sdk.files.delete({ fileId, supportsAllDrives: true }));
