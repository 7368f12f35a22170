import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { environmentOf, logGroupOf } from "./environment.ts";
import { createInbox, type Problem, type Reply } from "./inbox.ts";
import { eachLine } from "./lines.ts";
import { residentMemory } from "./resident-memory.ts";
import type { FunctionConfig, FunctionDeps, Outcome } from "./types.ts";

/** One execution environment: a child process, because only a process's native memory can be bounded. */
export interface Instance {
  readonly pid: number | undefined;
  /** False once the process has ended or is about to. */
  readonly alive: boolean;
  /** Settles once it has started, well or not. */
  readonly started: Promise<unknown>;
  /** Runs one invocation; never two at a time. */
  invoke(requestId: string, event: string): Promise<Outcome>;
  /** Ends the process, whatever it is doing. */
  kill(): Promise<void>;
}

/** Lambda's limits on the start of an environment and on an answer. */
const initMs = 10_000;
const mostAnswerBytes = 6 * 1024 * 1024;

export function startInstance(config: FunctionConfig, deps: FunctionDeps): Instance {
  const logStreamName = nameOfLogStream();
  const child = spawn(process.execPath, [...heapOf(config.memoryMb), bootstrap], {
    cwd: config.codeDir,
    env: environmentOf(config, deps, logStreamName),
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    windowsHide: true,
  });
  for (const stream of [child.stdout, child.stderr])
    if (stream !== null) eachLine(stream, (line) => deps.log({ function: config.name, instance: logStreamName, line }));

  const inbox = createInbox(child);
  const limitMs = config.timeoutSeconds * 1000;
  const started = inbox.next(Math.max(initMs, limitMs));

  async function kill() {
    child.kill("SIGKILL");
    if (child.pid !== undefined) await inbox.gone;
  }

  async function converse(requestId: string, event: string): Promise<Reply> {
    const start = await started;
    if (start.type !== "ready") return start;
    const context = {
      awsRequestId: requestId,
      functionName: config.name,
      invokedFunctionArn: config.arn,
      memoryLimitInMB: String(config.memoryMb),
      logGroupName: logGroupOf(config),
      logStreamName,
    };
    // A channel that has just closed shows as the process's exit, which is the next reply.
    child.send({ event, context, deadline: Date.now() + limitMs }, () => {});
    return inbox.next(limitMs);
  }

  return {
    pid: child.pid,
    started,
    get alive() {
      return !inbox.ended;
    },
    kill,
    async invoke(requestId, event) {
      const memory = watchMemory(child.pid, config.memoryMb, () => child.kill("SIGKILL"));
      const reply = await converse(requestId, event);
      memory.stop();
      if (reply.type === "result") {
        const bytes = Buffer.byteLength(reply.body);
        if (bytes <= mostAnswerBytes) return { ok: true, requestId, result: JSON.parse(reply.body) };
        return failed(requestId, {
          errorType: "Function.ResponseSizeTooLarge",
          errorMessage: `Response payload size (${bytes} bytes) exceeded maximum allowed payload size (${mostAnswerBytes} bytes).`,
        });
      }
      if (reply.type === "timeout" || !this.alive) await kill();
      return failed(requestId, problemOf(reply, requestId, config, memory.overMb()));
    },
  };
}

const bootstrap = fileURLToPath(new URL("bootstrap.mjs", import.meta.url));

/** Lambda's own runtime starts Node so: the rest is left to memory outside the heap. */
const heapOf = (memoryMb: number) => [
  `--max-old-space-size=${Math.floor(memoryMb * 0.9)}`,
  `--max-semi-space-size=${Math.max(1, Math.floor(memoryMb * 0.05))}`,
];

const nameOfLogStream = () =>
  `${new Date().toISOString().slice(0, 10).replaceAll("-", "/")}/[$LATEST]${randomBytes(16).toString("hex")}`;

const failed = (requestId: string, problem: Problem): Outcome => ({ ok: false, requestId, ...problem });

function problemOf(
  reply: Exclude<Reply, { type: "result" }>,
  requestId: string,
  { timeoutSeconds, memoryMb }: FunctionConfig,
  overMb: number | undefined,
): Problem {
  const said = (errorType: string, text: string): Problem => ({
    errorType,
    errorMessage: `RequestId: ${requestId} Error: ${text}`,
  });
  switch (reply.type) {
    case "error":
      return { errorType: reply.errorType, errorMessage: reply.errorMessage, stack: reply.stack };
    case "timeout":
      return said("Sandbox.Timedout", `Task timed out after ${timeoutSeconds.toFixed(2)} seconds`);
    case "exit": {
      if (overMb !== undefined)
        return said("Runtime.OutOfMemory", `Runtime ran out of memory: used ${overMb} MB of ${memoryMb} MB allowed`);
      const how = reply.signal === null ? `exit status ${reply.code}` : `signal: ${reply.signal}`;
      return said("Runtime.ExitError", `Runtime exited with error: ${how}`);
    }
    case "ready":
      return said("Runtime.ExitError", "Runtime started twice");
  }
}

const watchMs = 100;

/**
 * Calls `onOver` once when the process holds more memory than the function may have. Node's own
 * share counts, as it does on Lambda.
 */
function watchMemory(pid: number | undefined, memoryMb: number, onOver: () => void) {
  let overMb: number | undefined;
  let asking = false;
  const timer = setInterval(async () => {
    if (pid === undefined || asking || overMb !== undefined) return;
    asking = true;
    const usedMb = Math.ceil(((await residentMemory(pid)) ?? 0) / 1024 / 1024);
    asking = false;
    if (usedMb <= memoryMb) return;
    overMb = usedMb;
    onOver();
  }, watchMs);
  return { stop: () => clearInterval(timer), overMb: () => overMb };
}
