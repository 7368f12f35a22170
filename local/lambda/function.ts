import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { assertDeployable } from "./environment.ts";
import { type Instance, startInstance } from "./instance.ts";
import {
  FunctionClosed,
  type FunctionConfig,
  FunctionConfigError,
  type FunctionDeps,
  type LambdaFunction,
  type Outcome,
} from "./types.ts";

/**
 * A Lambda function on this machine: its bundle in child processes that are reused while warm,
 * ended when idle, and never more than the function may have.
 * @throws FunctionConfigError for what AWS would refuse, or a bundle that was not built.
 */
export function createFunction(config: FunctionConfig, deps: FunctionDeps): LambdaFunction {
  assertDeployable(config);
  if (!existsSync(config.codeDir))
    throw new FunctionConfigError(
      config.name,
      `expected its bundle in ${config.codeDir}, which is not there. Build it.`,
    );

  const { reservedConcurrency: reserved = -1 } = config;
  const most = Math.min(deps.instances ?? 2, reserved < 0 ? Number.POSITIVE_INFINITY : reserved);
  const idleMs = (deps.idleSeconds ?? 60) * 1000;
  const all = new Set<Instance>();
  const idle = new Map<Instance, NodeJS.Timeout>();
  const waiting = new Set<PromiseWithResolvers<Instance>>();
  const running = new Set<Promise<unknown>>();
  let closed = false;

  /** Hands instances to those who wait, first come first served. */
  function serve() {
    for (const turn of waiting) {
      const instance = takeIdle() ?? start();
      if (instance === undefined) return;
      waiting.delete(turn);
      turn.resolve(instance);
    }
  }

  function takeIdle(): Instance | undefined {
    for (const [instance, timer] of idle) {
      clearTimeout(timer);
      idle.delete(instance);
      if (instance.alive) return instance;
      all.delete(instance);
    }
    return undefined;
  }

  function start(): Instance | undefined {
    if (all.size >= most) return undefined;
    const instance = startInstance(config, deps);
    all.add(instance);
    return instance;
  }

  function giveBack(instance: Instance) {
    if (instance.alive && !closed) {
      const retire = () => {
        idle.delete(instance);
        all.delete(instance);
        void instance.kill();
      };
      idle.set(instance, setTimeout(retire, idleMs).unref());
    } else all.delete(instance);
    serve();
  }

  async function acquire(signal: AbortSignal | undefined): Promise<Instance> {
    if (closed) throw new FunctionClosed(config.name);
    const turn = Promise.withResolvers<Instance>();
    waiting.add(turn);
    const leave = () => {
      waiting.delete(turn);
      turn.reject(signal?.reason);
    };
    signal?.addEventListener("abort", leave, { once: true });
    serve();
    try {
      return await turn.promise;
    } finally {
      signal?.removeEventListener("abort", leave);
    }
  }

  async function run(event: unknown, body: string, signal: AbortSignal | undefined): Promise<Outcome> {
    const instance = await acquire(signal);
    const concurrent = all.size - idle.size;
    const startedAt = instance.started.then(() => performance.now());
    const stop = () => void instance.kill();
    signal?.addEventListener("abort", stop, { once: true });
    const outcome = await instance.invoke(randomUUID(), body);
    const ms = performance.now() - (await startedAt);
    signal?.removeEventListener("abort", stop);
    // Ended by us, so its error says nothing about the function.
    const dead = !outcome.ok && !instance.alive;
    giveBack(instance);
    if (dead && closed) throw new FunctionClosed(config.name);
    if (dead) signal?.throwIfAborted();
    deps.measure?.({ event, ok: outcome.ok, ms, concurrent });
    return outcome;
  }

  return {
    config,
    async invoke(event, { signal } = {}) {
      signal?.throwIfAborted();
      const invocation = run(event, JSON.stringify(event ?? null), signal);
      running.add(invocation);
      try {
        return await invocation;
      } finally {
        running.delete(invocation);
      }
    },
    async close(graceMs = 5000) {
      closed = true;
      for (const turn of waiting) turn.reject(new FunctionClosed(config.name));
      waiting.clear();
      for (const [instance, timer] of idle) {
        clearTimeout(timer);
        void instance.kill();
      }
      idle.clear();
      const timer = setTimeout(() => void Promise.all([...all].map((instance) => instance.kill())), graceMs);
      await Promise.allSettled(running);
      clearTimeout(timer);
      await Promise.all([...all].map((instance) => instance.kill()));
      all.clear();
    },
  };
}
