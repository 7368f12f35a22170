import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** Writes files by their paths from the folder. */
export async function writeSite(dir: string, files: Readonly<Record<string, string | Buffer>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), content);
  }
}

/** Every file of a folder by its path, as a hash of its bytes. */
export async function hashesOf(dir: string): Promise<Record<string, string>> {
  const entries = (await readdir(dir, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name)).sort();
  const hash = async (path: string) =>
    createHash("sha256")
      .update(await readFile(path))
      .digest("hex");
  return Object.fromEntries(
    await Promise.all(paths.map(async (path) => [path.slice(dir.length + 1), await hash(path)])),
  );
}

/** References of the site's pages to files that are not there, by plain expressions that know nothing of Darkroom's own readers. */
export async function brokenReferences(dir: string): Promise<string[]> {
  const broken: string[] = [];
  for (const path of Object.keys(await hashesOf(dir)).filter((file) => /\.(html?|css)$/.test(file))) {
    const text = await readFile(join(dir, path), "utf8");
    const plain = [...text.matchAll(/\b(?:src|poster)=["']?([^"'\s>]+)|url\(["']?([^"')]+)/g)].map(
      ([, a, b]) => a ?? b ?? "",
    );
    const sets = [...text.matchAll(/srcset="([^"]+)"/g)].flatMap(([, set = ""]) =>
      set.split(/,\s+/).map((one) => one.split(" ")[0] ?? ""),
    );
    for (const reference of [...plain, ...sets]) {
      const address = new URL(reference.replaceAll("&amp;", "&"), `http://site.test/${path}`);
      if (address.host === "site.test" && !existsSync(join(dir, decodeURIComponent(address.pathname))))
        broken.push(`${path}: ${reference}`);
    }
  }
  return broken;
}
