#!/usr/bin/env node
// The command runs TypeScript as it stands, which needs Node 22.18 or newer. Where the machine's own
// Node is older, the project's devDependency `node` takes over.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major > 22 || (major === 22 && minor >= 18)) await run();
else runOn(ownNode());

async function run() {
  const { main } = await import("./main.ts").catch((error) => {
    if (error.code !== "ERR_MODULE_NOT_FOUND") throw error;
    console.error(`Expected the project's packages (run "npm install" first). ${error.message}`);
    process.exit(2);
  });
  process.exitCode = await main(process.argv.slice(2));
}

function ownNode() {
  try {
    return createRequire(import.meta.url).resolve("node/bin/node");
  } catch {
    console.error(
      `Expected Node 22.18 or newer, or the project's own (run "npm install" first); this is ${process.version}.`,
    );
    process.exit(2);
  }
}

function runOn(node) {
  const child = spawn(node, [import.meta.filename, ...process.argv.slice(2)], { stdio: "inherit" });
  const pass = (signal) => child.kill(signal);
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) process.on(signal, pass);
  child.on("exit", (code, signal) => {
    for (const name of signals) process.off(name, pass);
    if (signal) process.kill(process.pid, signal);
    else process.exitCode = code;
  });
}
