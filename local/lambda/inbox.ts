import type { ChildProcess } from "node:child_process";

/** What a runtime says, and what happens to its process. */
export type Reply =
  | { readonly type: "ready" }
  | { readonly type: "result"; readonly body: string }
  | ({ readonly type: "error"; readonly fatal?: boolean } & Problem)
  | { readonly type: "exit"; readonly code: number | null; readonly signal: NodeJS.Signals | null }
  | { readonly type: "timeout" };

export interface Problem {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly stack?: string;
}

export interface Inbox {
  /** Takes what the runtime says elsewhere than in the IPC channel. */
  put(reply: Reply): void;
  /** True once the process has ended or said that it will. */
  readonly ended: boolean;
  /** Hears what a process says in its IPC channel, where it has one, and how it ends. */
  attach(child: ChildProcess): void;
  /** The next reply in order, or `timeout` after `ms`. */
  next(ms: number): Promise<Reply>;
  /** Settles when the process is gone. */
  readonly gone: Promise<void>;
}

export function createInbox(): Inbox {
  const replies: Reply[] = [];
  const gone = Promise.withResolvers<void>();
  let waiter: ((reply: Reply) => void) | undefined;
  let ended = false;

  const put = (reply: Reply) => {
    if (reply.type === "exit" || (reply.type === "error" && reply.fatal)) ended = true;
    if (waiter === undefined) replies.push(reply);
    else waiter(reply);
    if (reply.type === "exit") gone.resolve();
  };
  return {
    put,
    attach(child) {
      child.on("message", (message) => put(message as Reply));
      child.once("exit", (code, signal) => {
        ended = true;
        const exit = () => put({ type: "exit", code, signal });
        // What was said before the end may still be in the channel.
        if (child.connected) child.once("disconnect", exit);
        else exit();
      });
      child.once("error", (error) => {
        put({ type: "error", fatal: true, errorType: "Runtime.ExitError", errorMessage: error.message });
        if (child.pid === undefined) put({ type: "exit", code: null, signal: null });
      });
    },
    get ended() {
      return ended;
    },
    gone: gone.promise,
    async next(ms) {
      const waiting = replies.shift();
      if (waiting !== undefined) return waiting;
      const { promise, resolve } = Promise.withResolvers<Reply>();
      const timer = setTimeout(resolve, ms, { type: "timeout" });
      waiter = resolve;
      const reply = await promise;
      waiter = undefined;
      clearTimeout(timer);
      return reply;
    },
  };
}
