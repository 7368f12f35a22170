import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { copyFile, link, mkdir, open, rm } from "node:fs/promises";
import { dirname, join } from "node:path";

/**
 * Adds a file so that it is there whole or not at all, and never in another's place.
 * @throws the system's error; `EEXIST` when there is a file of that name.
 */
export async function addFile(path: string, body: Buffer): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  // Hidden, so that no listing takes it for a picture should this process die.
  const draft = join(dirname(path), `.darkroom-${randomUUID()}.part`);
  try {
    const file = await open(draft, "wx");
    try {
      await file.writeFile(body);
      await file.sync();
    } finally {
      await file.close();
    }
    // A rename would replace what is there; a second name for the same file cannot.
    await link(draft, path).catch((error) => {
      if (!withoutLinks.has(error.code)) throw error;
      return copyFile(draft, path, constants.COPYFILE_EXCL);
    });
  } finally {
    await rm(draft, { force: true });
  }
}

/** How file systems without links, such as a memory card's, refuse one. */
const withoutLinks = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"]);
