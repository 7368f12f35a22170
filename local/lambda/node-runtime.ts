import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { createInbox } from "./inbox.ts";
import type { StartRuntime } from "./runtimes.ts";

/** Lambda's Node runtime: a bootstrap of ours at the other end of an IPC channel. */
export const nodeRuntime: StartRuntime = (config, env, hear) => {
  const inbox = createInbox();
  const child = spawn(process.execPath, [...heapOf(config.memoryMb), bootstrap], {
    cwd: config.codeDir,
    env,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    windowsHide: true,
  });
  inbox.attach(child);
  for (const stream of [child.stdout, child.stderr]) if (stream !== null) hear(stream);
  return {
    pid: child.pid,
    inbox,
    kill: () => void child.kill("SIGKILL"),
    // A channel that has just closed shows as the process's exit, which is the next reply.
    deliver: (invocation) => void child.send(invocation, () => {}),
  };
};

const bootstrap = fileURLToPath(new URL("bootstrap.mjs", import.meta.url));

/** Lambda's own runtime starts Node so: the rest is left to memory outside the heap. */
const heapOf = (memoryMb: number) => [
  `--max-old-space-size=${Math.floor(memoryMb * 0.9)}`,
  `--max-semi-space-size=${Math.max(1, Math.floor(memoryMb * 0.05))}`,
];
