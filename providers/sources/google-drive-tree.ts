import type { drive_v3 } from "googleapis/build/src/apis/drive/index.js";
import type { DriveClient } from "./google-drive-client.ts";
import { SourceError } from "./types.ts";

export type DriveFile = drive_v3.Schema$File;

export interface Folder {
  readonly id: string;
  readonly name: string;
  readonly parents: readonly string[];
}

/** The folders above a file. Asks for each folder once, so it is good for as long as no folder moves. */
export interface Tree {
  /** Folders from below the root down to one of `parents`; undefined when none of them lies in the root. */
  chain(parents: readonly string[]): Promise<readonly Folder[] | undefined>;
  /** Keeps what a listing told already. */
  learn(folder: DriveFile): void;
}

export const folderType = "application/vnd.google-apps.folder";
export const folderFields = "id,name,parents";

export function treeOf({ call }: Pick<DriveClient, "call">, root: string): Tree {
  const folders = new Map<string, Promise<Folder | undefined>>();

  function folder(id: string): Promise<Folder | undefined> {
    const found = folders.get(id) ?? fetched(id);
    folders.set(id, found);
    return found;
  }
  const fetched = (id: string) =>
    call("looking for a folder", (sdk) => sdk.files.get({ fileId: id, fields: folderFields, supportsAllDrives: true }))
      .then(toFolder)
      .catch((error) => {
        // What the account cannot see is not in the root, which it can.
        if (error instanceof SourceError && error.code === "NOT_FOUND") return undefined;
        folders.delete(id);
        throw error;
      });

  async function chain(parents: readonly string[], depth = 0): Promise<readonly Folder[] | undefined> {
    for (const id of parents) {
      if (id === root) return [];
      const parent = depth < deepest ? await folder(id) : undefined;
      const above = parent && (await chain(parent.parents, depth + 1));
      if (above) return [...above, parent];
    }
    return undefined;
  }
  return {
    chain,
    learn: (file) => void folders.set(file.id!, Promise.resolve(toFolder(file))),
  };
}

/** Drive itself ends at 100; this ends circles. */
const deepest = 120;

const toFolder = ({ id, name, parents }: DriveFile): Folder => ({ id: id!, name: name ?? id!, parents: parents ?? [] });
