import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { type FolderDeps, folderSource } from "../../providers/sources/folder.ts";
import { orGone } from "../../providers/sources/folder-walk.ts";
import type { Abilities, SourceRig } from "../contract/source.ts";

const noLine = "a folder has no connection";

export const folderAbilities: Abilities = {
  deletes: "a walk does not see what is gone",
  cuts: noLine,
  digests: "a folder keeps no digests",
  hangs: noLine,
  rateLimits: noLine,
  credentials: "a folder has none",
  resets: "its cursors are never forgotten",
  writesBack: true,
};

export interface FolderRig extends SourceRig {
  readonly root: string;
  source(more?: Partial<FolderDeps>): ReturnType<typeof folderSource>;
}

/** An empty folder of its own. */
export async function folderRig(): Promise<FolderRig> {
  const root = await mkdtemp(join(tmpdir(), "darkroom-folder-"));
  const source = (more: Partial<FolderDeps> = {}) =>
    folderSource({ name: "studio", path: root, settleMs: 0, writeBack: "web", pageSize: 8, ...more });
  return {
    root,
    source,
    fresh: (patience) => source({ patience: { wait: async () => {}, ...patience } }),
    foreign: () => source({ name: "elsewhere" }),
    async put(path, bytes) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), bytes);
    },
    remove: (path) => rm(join(root, path)),
    bytesOf: (path) => orGone(readFile(join(root, path))),
    async paths() {
      const entries = await readdir(root, { recursive: true, withFileTypes: true });
      return entries
        .filter((entry) => !entry.isDirectory())
        .map((entry) => relative(root, join(entry.parentPath, entry.name)))
        .sort();
    },
    writtenPath: (path) => `web/${path}`,
    faults: { clear() {}, sent: () => 0 },
    close: () => rm(root, { recursive: true, force: true }),
  };
}
