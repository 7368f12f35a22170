import type { drive_v3 } from "googleapis/build/src/apis/drive/index.js";
import { type DriveClient, Refused } from "./google-drive-client.ts";
import { isForgotten } from "./google-drive-errors.ts";
import { changeOf, type DriveRules, fileFields, isFolder } from "./google-drive-files.ts";
import type { Tree } from "./google-drive-tree.ts";
import type { Change } from "./types.ts";

export interface DeltaDeps extends DriveRules {
  readonly client: DriveClient;
  /** Id of the folder that is the source. */
  readonly root: string;
  readonly driveId?: string;
  readonly pageSize: number;
}

export interface Delta {
  readonly changes: readonly Change[];
  /** Folders that may have come from elsewhere, with all that is in them. */
  readonly folders: readonly string[];
  /** Where the changes go on. */
  readonly token: string;
  readonly more: boolean;
}

/** Where changes begin that are not yet in a listing made from now on. */
export async function startToken({ client, driveId }: Pick<DeltaDeps, "client" | "driveId">): Promise<string> {
  const { startPageToken } = await client.call("asking where its changes begin", (sdk) =>
    sdk.changes.getStartPageToken({ supportsAllDrives: true, driveId }),
  );
  return startPageToken!;
}

/** One page of what changed since `token`, anywhere in the drive. Undefined when Drive no longer knows the token. */
export async function deltaSince(token: string, tree: Tree, deps: DeltaDeps): Promise<Delta | undefined> {
  const page = await list(token, deps);
  if (page === undefined) return undefined;
  const changes: Change[] = [];
  const folders = new Map<string, readonly string[]>();
  for (const { fileId: id, file, removed } of page.changes ?? []) {
    // A change of the shared drive itself names no file.
    if (!id || id === deps.root) continue;
    // What is removed tells nothing more, not even where it was.
    if (removed) changes.push({ kind: "delete", id });
    if (removed || !file) continue;
    const chain = await tree.chain(file.parents ?? []);
    if (chain === undefined) continue;
    if (file.trashed) changes.push({ kind: "delete", id });
    else if (!isFolder(file)) changes.push(changeOf(file, chain, deps));
    else
      folders.set(
        id,
        chain.map((above) => above.id),
      );
  }
  const moved = [...folders].filter(([, above]) => !above.some((id) => folders.has(id)));
  return {
    changes,
    folders: moved.map(([id]) => id),
    token: (page.nextPageToken ?? page.newStartPageToken)!,
    more: Boolean(page.nextPageToken),
  };
}

async function list(
  pageToken: string,
  { client, driveId, pageSize }: DeltaDeps,
): Promise<drive_v3.Schema$ChangeList | undefined> {
  try {
    return await client.call(
      "listing the changes",
      (sdk) =>
        sdk.changes.list({
          pageToken,
          pageSize,
          includeRemoved: true,
          fields: `nextPageToken,newStartPageToken,changes(fileId,removed,changeType,file(${fileFields}))`,
          supportsAllDrives: true,
          includeItemsFromAllDrives: true,
          driveId,
        }),
      isForgotten,
    );
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  }
}
