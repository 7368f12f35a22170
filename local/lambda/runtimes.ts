import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import path from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { createInbox, type Inbox } from "./inbox.ts";
import { type Invocation, openRuntimeApi } from "./runtime-api.ts";
import type { FunctionConfig } from "./types.ts";

/** The process of one execution environment, and the way to it. */
export interface Runtime {
  readonly pid: number | undefined;
  readonly inbox: Inbox;
  deliver(invocation: Invocation): void;
  /** Ends it, whatever it is doing; the inbox tells when it is gone. */
  kill(): void;
}

export type StartRuntime = (
  config: FunctionConfig,
  environment: Readonly<Record<string, string>>,
  /** Takes what the process writes. */
  hear: (stream: Readable) => void,
) => Runtime;

export const isNode = ({ runtime }: Pick<FunctionConfig, "runtime">) => runtime.startsWith("nodejs");

/**
 * A runtime of another language: a process that fetches its invocations from Lambda's Runtime API, as all of them do.
 * It has a process group of its own, so that what it starts ends with it.
 */
export const otherRuntime: StartRuntime = (config, environment, hear) => {
  const inbox = createInbox();
  let child: ChildProcess | undefined;
  let isUnwanted = false;
  const api = openRuntimeApi(config, inbox.put);
  void inbox.gone.then(() => api.close());
  api.address.then(
    (address) => {
      if (isUnwanted) return inbox.put(killed);
      const [command, ...args] = commandOf(config)!;
      const env = { PATH: binaries, ...environment, AWS_LAMBDA_RUNTIME_API: address };
      const started = spawn(command!, args, {
        cwd: config.codeDir,
        env,
        stdio: ["pipe", "pipe", "pipe"],
        detached: true,
      });
      child = started;
      inbox.attach(started);
      hear(started.stdout);
      hear(started.stderr);
    },
    (error: Error) => {
      inbox.put({ type: "error", fatal: true, errorType: "Runtime.ExitError", errorMessage: error.message });
      inbox.put(killed);
    },
  );
  return {
    get pid() {
      return child?.pid;
    },
    inbox,
    deliver: api.deliver,
    kill() {
      isUnwanted = true;
      if (child?.pid !== undefined) killGroup(child.pid);
    },
  };
};

/**
 * How this machine starts a runtime: undefined where it cannot. Python is whatever `python3` there is; a runtime that
 * the actor brings along is its own.
 */
export function commandOf({ runtime, codeDir }: Pick<FunctionConfig, "runtime" | "codeDir">): string[] | undefined {
  if (isNode({ runtime })) return [process.execPath];
  if (process.platform === "win32") return undefined;
  if (runtime.startsWith("python")) {
    const python = pathTo("python3");
    return python === undefined ? undefined : [python, "-u", pythonBootstrap];
  }
  const own = path.resolve(codeDir, "bootstrap");
  return runtime.startsWith("provided.") && isExecutable(own) ? [own] : undefined;
}

/** Where Lambda's own environment looks for programs. */
const binaries = "/usr/local/bin:/usr/bin:/bin:/opt/bin";
const pythonBootstrap = fileURLToPath(new URL("bootstrap.py", import.meta.url));
const killed = { type: "exit", code: null, signal: "SIGKILL" } as const;

function pathTo(program: string): string | undefined {
  const folders = (process.env["PATH"] ?? binaries).split(path.delimiter).filter(path.isAbsolute);
  return folders.map((folder) => path.join(folder, program)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    // It has just ended.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
