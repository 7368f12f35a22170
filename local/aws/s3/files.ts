import { createHash, randomUUID } from "node:crypto";
import { createWriteStream, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

/** Bytes on disk that nothing shows yet: an object or part may be made of them, once. */
export interface Staged {
  readonly id: string;
  readonly size: number;
  /** Hex. */
  readonly md5: string;
}

/**
 * One bucket's folder. Every file is written under a name of its own and then renamed or referred to,
 * so a kill at any moment leaves whole files and, at worst, some that `sweep` removes.
 */
export interface BucketFiles {
  dataPath(id: string): string;
  stage(bytes: AsyncIterable<Buffer>): Promise<Staged>;
  discard(id: string): void;
  /** Removes the bytes that none of these ids names. */
  sweep(used: ReadonlySet<string>): void;
  load<T>(folder: Folder): T[];
  save(folder: Folder, name: string, value: unknown): void;
  remove(folder: Folder, name: string): void;
}

export type Folder = "objects" | "uploads" | "pending" | "departures";

export function createFiles(dir: string): BucketFiles {
  const temporary = join(dir, "temporary");
  rmSync(temporary, { recursive: true, force: true });
  for (const folder of ["temporary", "data", "objects", "uploads", "pending", "departures"])
    mkdirSync(join(dir, folder), { recursive: true });
  const dataPath = (id: string) => join(dir, "data", id);
  const jsonPath = (folder: Folder, name: string) => join(dir, folder, `${hashed(name)}.json`);
  const discard = (id: string) => rmSync(dataPath(id), { force: true });
  return {
    dataPath,
    async stage(bytes) {
      const id = randomUUID();
      const hash = createHash("md5");
      let size = 0;
      async function* measured() {
        for await (const piece of bytes) {
          hash.update(piece);
          size += piece.length;
          yield piece;
        }
      }
      try {
        await pipeline(measured, createWriteStream(dataPath(id), { flags: "wx" }));
      } catch (error) {
        discard(id);
        throw error;
      }
      return { id, size, md5: hash.digest("hex") };
    },
    discard,
    sweep(used) {
      for (const id of readdirSync(join(dir, "data"))) if (!used.has(id)) discard(id);
    },
    load: (folder) => readdirSync(join(dir, folder)).map((file) => readJson(join(dir, folder, file))),
    save(folder, name, value) {
      const draft = join(temporary, randomUUID());
      writeFileSync(draft, JSON.stringify(value));
      renameSync(draft, jsonPath(folder, name));
    },
    remove: (folder, name) => rmSync(jsonPath(folder, name), { force: true }),
  };
}

/** Names come from callers: none becomes a path. */
const hashed = (name: string) => createHash("sha256").update(name).digest("hex");

function readJson<T>(path: string): T {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new Error(`Expected JSON in ${path}, which the host wrote; remove the file if it was damaged.`, { cause });
  }
}
