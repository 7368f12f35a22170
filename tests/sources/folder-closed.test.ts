import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";
import type { ChangePage } from "../../providers/sources/types.ts";

const root = resolve(import.meta.dirname, "../..");

/** A look by a user who may not look everywhere: root may, so that it is done as nobody. */
async function lookAsNobody(path: string): Promise<ChangePage> {
  const program = `
    const { folderSource } = await import(${JSON.stringify(join(root, "providers/sources/folder.ts"))});
    console.log(JSON.stringify(await folderSource({ name: "disk", path: ${JSON.stringify(path)}, settleMs: 0, pageSize: 2 }).changes()));`;
  const asNobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", program], asNobody);
  return JSON.parse(stdout) as ChangePage;
}

it("a folder that may not be looked into is left out with a reason, and does not stop what comes after it", async () => {
  const path = await mkdtemp(join(tmpdir(), "darkroom-folder-"));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  await chmod(path, 0o755);
  await mkdir(join(path, "b-closed/inner"), { recursive: true });
  await writeFile(join(path, "b-closed/inner/hidden.jpg"), "bytes");
  await writeFile(join(path, "c.jpg"), "bytes");
  await chmod(join(path, "b-closed"), 0o700);
  if (process.getuid?.() !== 0) await chmod(join(path, "b-closed"), 0o000);
  onTestFinished(() => chmod(join(path, "b-closed"), 0o700));
  expect((await lookAsNobody(path)).changes).toMatchObject([
    { kind: "skip", path: "b-closed", reason: "unreadable" },
    { kind: "upsert", file: { path: "c.jpg" } },
  ]);
});
