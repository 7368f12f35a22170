import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * Makes a folder hold exactly these files, and answers what it did. Files that are right already are not
 * touched and new ones appear whole: somebody may be running them.
 */
export async function replaceFiles(dir: string, files: ReadonlyMap<string, Uint8Array>): Promise<string> {
  await mkdir(dir, { recursive: true });
  let written = 0;
  let bytes = 0;
  for (const [name, contents] of files) {
    bytes += contents.byteLength;
    const path = join(dir, name);
    if ((await orUndefined(readFile(path)))?.equals(contents)) continue;
    const unfinished = `${path}.${process.pid}`;
    await writeFile(unfinished, contents);
    await rename(unfinished, path);
    written += 1;
  }
  for (const name of await readdir(dir))
    if (!files.has(name) && !isUnfinished(name)) await rm(join(dir, name), { recursive: true });
  return `${Math.round(bytes / 1024).toLocaleString("en")} KB${written === 0 ? ", unchanged" : ""}`;
}

/** Another build's, perhaps under way. */
const isUnfinished = (name: string) => /\.\d+$/.test(name);

async function orUndefined<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
