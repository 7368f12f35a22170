import { buffer } from "node:stream/consumers";
import { findings } from "./findings.ts";
import { startToken } from "./google-drive-changes.ts";
import type { DriveClient } from "./google-drive-client.ts";
import { folderType } from "./google-drive-tree.ts";
import { allDrives } from "./google-drive-walk.ts";
import { type Check, SourceError } from "./types.ts";

export interface CheckDeps {
  readonly client: DriveClient;
  /** Id of the folder that is the source. */
  readonly root: string;
  readonly driveId?: string;
  readonly writeBack?: string;
}

/** Sees the folder, its changes, one file's first byte, and whether results may be added. */
export async function checkDrive({ client, root, driveId, writeBack }: CheckDeps): Promise<Check> {
  const wrong = (detail: string) => new SourceError(client.source, "CONFIG", detail);
  const folderOf = (id: string) =>
    client.call(`looking at the folder ${id}`, (sdk) =>
      sdk.files.get({
        fileId: id,
        fields: "name,mimeType,trashed,driveId,capabilities(canAddChildren)",
        supportsAllDrives: true,
      }),
    );
  return findings([
    async () => {
      const folder = await folderOf(root);
      if (folder.mimeType !== folderType)
        throw wrong(`expected the id of a folder, received one of ${folder.mimeType}`);
      if (folder.trashed) throw wrong(`expected a folder, but ${folder.name} is in the trash`);
      if ((folder.driveId ?? undefined) !== driveId)
        throw wrong(
          `expected ${folder.name} in ${driveId ? `the shared drive ${driveId}` : "the account's own drive"}, but it lies in ${folder.driveId ? `the shared drive ${folder.driveId}` : "the account's own"}: name that in the source's config`,
        );
      return `the folder ${folder.name} can be seen`;
    },
    async () => {
      await startToken({ client, driveId });
      return "its changes can be followed";
    },
    async () => {
      const { files = [] } = await client.call(`listing ${root}`, (sdk) =>
        sdk.files.list({
          q: `'${root}' in parents and trashed = false and mimeType contains 'image/'`,
          pageSize: 1,
          fields: "files(id,name)",
          ...allDrives(driveId),
        }),
      );
      const [example] = files;
      if (!example) return "there is no picture in the folder itself yet to try reading with";
      await buffer(await client.download(example.id!, `reading ${example.name}`, { first: 1 }));
      return `${example.name} can be read`;
    },
    async () => {
      if (writeBack === undefined) return "results are not written back";
      const { name, capabilities } = await folderOf(writeBack);
      if (capabilities?.canAddChildren) return `results can be written to ${name}`;
      throw new SourceError(
        client.source,
        "FORBIDDEN",
        `the account may not add files to ${name}: let it edit that folder`,
      );
    },
  ]);
}
