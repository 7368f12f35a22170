import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";

it("a Node that cannot run the program is refused with what to do, not with its own words on file endings", async () => {
  const cwd = resolve(import.meta.dirname, "..");
  // Node 20 has no types to strip; neither has this one, so told.
  const asNode20 = promisify(execFile)(process.execPath, ["--no-experimental-strip-types", "program.js"], { cwd });
  await expect(asNode20).rejects.toThrow(/NODE_TOO_OLD: Expected Node 24 .*npm run pulumi -- up/);
});
