import { randomBytes } from "node:crypto";
import { environmentOf, logGroupOf } from "./environment.ts";
import type { Problem, Reply } from "./inbox.ts";
import { eachLine } from "./lines.ts";
import { nodeRuntime } from "./node-runtime.ts";
import { residentMemory } from "./resident-memory.ts";
import { isNode, otherRuntime } from "./runtimes.ts";
import type { FunctionConfig, FunctionDeps, Outcome } from "./types.ts";

/** One execution environment: a child process, because only a process's native memory can be bounded. */
export interface Instance {
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
  const environment = environmentOf(config, deps, logStreamName);
  const runtime = (isNode(config) ? nodeRuntime : otherRuntime)(config, environment, (stream) =>
    eachLine(stream, (line) => deps.log({ function: config.name, instance: logStreamName, line })),
  );
  const { inbox } = runtime;
  const limitMs = config.timeoutSeconds * 1000;
  const started = inbox.next(Math.max(initMs, limitMs));

  async function kill() {
    runtime.kill();
    await inbox.gone;
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
    runtime.deliver({ event, context, deadline: Date.now() + limitMs });
    return inbox.next(limitMs);
  }

  /** An invocation that failed leaves a line in the function's log, as on Lambda: often the only trace of one that never ran. */
  function failed(requestId: string, problem: Problem): Outcome {
    const { errorType, errorMessage, stack } = problem;
    const said = {
      timestamp: new Date().toISOString(),
      level: "ERROR",
      requestId,
      message: "Invoke Error",
      errorType,
      errorMessage,
      stackTrace: stack?.split("\n"),
    };
    deps.log({ function: config.name, instance: logStreamName, line: JSON.stringify(said) });
    return { ok: false, requestId, ...problem };
  }

  return {
    started,
    get alive() {
      return !inbox.ended;
    },
    kill,
    async invoke(requestId, event) {
      const memory = watchMemory(() => runtime.pid, config.memoryMb, runtime.kill);
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

const nameOfLogStream = () =>
  `${new Date().toISOString().slice(0, 10).replaceAll("-", "/")}/[$LATEST]${randomBytes(16).toString("hex")}`;

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
 * Calls `onOver` once when the process holds more memory than the function may have. The runtime's own
 * share counts, as it does on Lambda.
 */
function watchMemory(pidOf: () => number | undefined, memoryMb: number, onOver: () => void) {
  let overMb: number | undefined;
  let asking = false;
  const timer = setInterval(async () => {
    const pid = pidOf();
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
