import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Where all hosts of this run write down which permissions they use; workers and their children inherit it. */
export default function setup(): (() => void) | undefined {
  if (process.env["DARKROOM_TESTIMONY"]) return;
  const dir = mkdtempSync(join(tmpdir(), "darkroom-testimony-"));
  process.env["DARKROOM_TESTIMONY"] = dir;
  return () => {
    delete process.env["DARKROOM_TESTIMONY"];
    rmSync(dir, { recursive: true });
  };
}
