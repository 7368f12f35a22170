import pMap from "p-map";
import type { Ask } from "./github-client.ts";
import { RepositoryError, type RepositoryFile } from "./types.ts";

interface Entry {
  readonly path: string;
  readonly mode: string;
  readonly type: "blob" | "tree" | "commit";
  readonly sha: string;
  readonly size?: number;
}
interface Tree {
  readonly tree: readonly Entry[];
  readonly truncated: boolean;
}

/**
 * Every plain file of a tree. GitHub tells up to 100,000 entries at once; of a larger tree it is
 * asked folder by folder. https://docs.github.com/en/rest/git/trees#get-a-tree
 */
export async function filesOfTree(name: string, ask: Ask, tree: string, folder = ""): Promise<RepositoryFile[]> {
  const whole = await ask<Tree>("GET /git/trees/{tree}?recursive=1", { tree });
  if (!whole.truncated) return whole.tree.flatMap((entry) => fileOf(entry, folder));
  const level = await ask<Tree>("GET /git/trees/{tree}", { tree });
  if (level.truncated)
    throw new RepositoryError(
      name,
      "TOO_LARGE",
      `expected a folder that can be listed, but ${folder || "/"} is too large`,
    );
  const inside = await pMap(
    level.tree.filter(({ type }) => type === "tree"),
    ({ path, sha }) => filesOfTree(name, ask, sha, `${folder}${path}/`),
    { concurrency: 4 },
  );
  return [...level.tree.flatMap((entry) => fileOf(entry, folder)), ...inside.flat()];
}

const fileOf = ({ type, mode, path, sha, size = 0 }: Entry, folder: string): RepositoryFile[] =>
  type === "blob" && (mode === "100644" || mode === "100755")
    ? [{ path: folder + path, blob: sha, bytes: size, executable: mode === "100755" }]
    : [];
