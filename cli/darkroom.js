#!/usr/bin/env node
// The command runs TypeScript as it stands, which needs Node 22.18 or newer. Where the machine's own
// Node is older, the project's devDependency `node` takes over.
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major > 22 || (major === 22 && minor >= 18)) {
  const { main } = await import("./main.ts");
  process.exitCode = await main(process.argv.slice(2));
} else {
  let node;
  try {
    node = createRequire(import.meta.url).resolve("node/bin/node");
  } catch {
    console.error(
      `Expected Node 22.18 or newer, or the project's own (run "npm install" first); this is ${process.version}.`,
    );
    process.exit(2);
  }
  const { status } = spawnSync(node, [import.meta.filename, ...process.argv.slice(2)], { stdio: "inherit" });
  process.exitCode = status ?? 1;
}
