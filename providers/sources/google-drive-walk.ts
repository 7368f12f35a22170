import { z } from "zod";
import { type DriveClient, Refused } from "./google-drive-client.ts";
import { isForgotten } from "./google-drive-errors.ts";
import { changeOf, type DriveRules, fileFields, isFolder } from "./google-drive-files.ts";
import { type DriveFile, folderFields, folderType, type Tree } from "./google-drive-tree.ts";
import { type Change, SourceError } from "./types.ts";

/**
 * Where a walk through folders stands. Depth first, and of each folder on the way only its last
 * walked subfolder is kept, by id: so a cursor stays small however many folders there are, and a
 * walk goes on after any page. `done` is undefined while the folder's own children are listed.
 */
export const frame = z.object({ folder: z.string(), page: z.string().optional(), done: z.string().optional() });
export type Frame = z.infer<typeof frame>;

export interface WalkDeps extends DriveRules {
  readonly client: DriveClient;
  /** Id of the folder that is the source. */
  readonly root: string;
  readonly driveId?: string;
  readonly pageSize: number;
}

export interface Walk {
  /** One listing. Answers where the walk stands then; an empty stack is its end. */
  step(
    stack: readonly Frame[],
    tree: Tree,
  ): Promise<{ readonly stack: readonly Frame[]; readonly changes: readonly Change[] }>;
}

export function walkOf(deps: WalkDeps): Walk {
  const { client, root, pageSize } = deps;
  /** Sorted ids, while they are needed and this instance lives; otherwise they are listed again. */
  const known = new Map<string, readonly string[]>();

  async function step(stack: readonly Frame[], tree: Tree) {
    const above = stack.slice(0, -1);
    const top = stack.at(-1)!;
    if (top.done === undefined) return children(above, top, tree);
    const subfolders = known.get(top.folder) ?? (await listSubfolders(top.folder, tree));
    known.set(top.folder, subfolders);
    const next = subfolders.find((id) => id > top.done!);
    if (next !== undefined) return { stack: [...above, { ...top, done: next }, { folder: next }], changes: [] };
    known.delete(top.folder);
    return { stack: above, changes: [] };
  }

  async function children(above: readonly Frame[], { folder, page }: Frame, tree: Tree) {
    const chain = await tree.chain([folder]);
    // Moved out or deleted since: the changes tell.
    if (chain === undefined) return { stack: above, changes: [] };
    const listed = await list(`'${folder}' in parents and trashed = false`, fileFields, page, folder);
    // Drive forgets the place in a long listing after some hours: this folder anew.
    if (listed === undefined) return { stack: [...above, { folder }], changes: [] };
    const { files = [], nextPageToken: next } = listed;
    const subfolders = files.filter(isFolder);
    for (const file of subfolders) tree.learn(file);
    if (!page && !next) known.set(folder, sortedIds(subfolders));
    const changes = files.filter((file) => !isFolder(file)).map((file) => changeOf(file, chain, deps));
    return { stack: [...above, next ? { folder, page: next } : { folder, done: "" }], changes };
  }

  async function listSubfolders(folder: string, tree: Tree): Promise<readonly string[]> {
    const found: DriveFile[] = [];
    let page: string | undefined;
    do {
      const query = `'${folder}' in parents and mimeType = '${folderType}' and trashed = false`;
      const listed = await list(query, folderFields, page, folder);
      if (listed === undefined)
        throw new SourceError(client.source, "UNAVAILABLE", "expected the next page of a folder, received none");
      found.push(...(listed.files ?? []));
      page = listed.nextPageToken ?? undefined;
    } while (page);
    for (const file of found) tree.learn(file);
    return sortedIds(found);
  }

  /** Undefined when the page token is no longer known. */
  async function list(q: string, fields: string, pageToken: string | undefined, folder: string) {
    try {
      const page = await client.call(
        "listing a folder",
        (sdk) =>
          sdk.files.list({
            q,
            pageSize,
            pageToken,
            fields: `nextPageToken,incompleteSearch,files(${fields})`,
            ...allDrives(deps.driveId),
          }),
        isForgotten,
      );
      if (page.incompleteSearch)
        throw new SourceError(client.source, "UNAVAILABLE", "expected the whole folder, received a part of it");
      return page;
    } catch (error) {
      if (error instanceof Refused) return undefined;
      if (!(error instanceof SourceError) || error.code !== "NOT_FOUND") throw error;
      if (folder === root)
        throw new SourceError(
          client.source,
          "CONFIG",
          `expected a folder ${root} that the account can see, found none: share it with the account`,
          { cause: error },
        );
      return { files: [], nextPageToken: undefined };
    }
  }
  return { step };
}

/** Without these Drive leaves out what lies in shared drives. */
export const allDrives = (driveId: string | undefined) => ({
  supportsAllDrives: true,
  includeItemsFromAllDrives: true,
  ...(driveId !== undefined && { corpora: "drive", driveId }),
});

const sortedIds = (files: readonly DriveFile[]) => files.map(({ id }) => id!).sort();
