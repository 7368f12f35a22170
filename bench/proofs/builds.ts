import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, readdir, readFile, symlink } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { promisify } from "node:util";
import type { Proof } from "./types.ts";

const root = resolve(import.meta.dirname, "../..");
const notSources = ["node_modules", "dist", ".git", ".darkroom"].map((name) => join(root, name));

export const buildsProof: Proof = {
  name: "builds",
  goal: "two copies of the same tree build the same bytes",
  async run({ say, dir }) {
    const [one, two] = [join(dir, "one"), join(dir, "two")] as const;
    await cp(root, one, { recursive: true, filter: (from) => !notSources.includes(from) });
    await cp(one, two, { recursive: true });
    const built: ReadonlyMap<string, string>[] = [];
    for (const tree of [one, two]) {
      say(`building copy ${relative(dir, tree)}`);
      await symlink(join(root, "node_modules"), join(tree, "node_modules"), "dir");
      await promisify(execFile)(process.execPath, ["build.ts", "--local"], { cwd: tree });
      built.push(await hashes(join(tree, "dist")));
    }
    const [first = new Map(), second = new Map()] = built;
    const files = [...new Set([...first.keys(), ...second.keys()])];
    const different = files.filter((file) => first.get(file) !== second.get(file));
    const alike = `${files.length - different.length} of ${files.length} files alike (the layer for AWS left out)`;
    return { figure: [alike, ...different.slice(0, 5)].join("; "), held: files.length > 0 && different.length === 0 };
  },
};

async function hashes(dir: string): Promise<ReadonlyMap<string, string>> {
  const files = (await readdir(dir, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const found = new Map<string, string>();
  for (const { parentPath, name } of files) {
    const path = join(parentPath, name);
    found.set(
      relative(dir, path),
      createHash("sha256")
        .update(await readFile(path))
        .digest("hex"),
    );
  }
  return found;
}
