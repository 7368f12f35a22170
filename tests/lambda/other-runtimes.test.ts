import { existsSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { commandOf } from "../../local/lambda/runtimes.ts";
import { config, fixture, functionRig, resultOf } from "./rig.ts";

const { start: startAny, lines } = functionRig();
const python = { codeDir: fixture("functions/python"), runtime: "python3.13" };
const start = (change: object = {}, deps: object = { instances: 1 }) => startAny({ ...python, ...change }, deps);
const hasPython = commandOf(python) !== undefined;

describe.skipIf(!hasPython)("a function in Python", () => {
  it("gets event, context and environment as on Lambda, and stays warm", async () => {
    const fn = start();
    const first = resultOf<{ pid: number }>(await fn.invoke({ a: ["ü", 1, null] }));
    expect(first).toMatchObject({ event: { a: ["ü", 1, null] } });
    expect(resultOf(await fn.invoke({}))).toMatchObject({ pid: first.pid });
    const outcome = await fn.invoke({ do: "context" });
    expect(resultOf(outcome)).toMatchObject({ requestId: outcome.requestId, arn: config.arn, memory: "256" });
    expect(resultOf<{ left: number }>(outcome).left).toBeGreaterThan(0);
    expect(resultOf<{ left: number }>(outcome).left).toBeLessThanOrEqual(20_000);
    const environment = resultOf<Record<string, string>>(await fn.invoke({ do: "environment" }));
    expect(environment).toMatchObject({
      CATALOG_TABLE: "pictures",
      AWS_EXECUTION_ENV: "AWS_Lambda_python3.13",
      AWS_ACCESS_KEY_ID: "AKIATEST",
      AWS_ENDPOINT_URL_S3: "http://127.0.0.1:4000/aws/s3",
    });
    expect(environment).not.toHaveProperty("HOME");
  });

  it("has its lines told, those of its logger as JSON", async () => {
    await start().invoke({ do: "speak" });
    await expect.poll(() => lines.length).toBe(2);
    expect(lines[0]!.line).toBe("plain, ünd mehr");
    expect(JSON.parse(lines[1]!.line)).toMatchObject({ level: "WARNING", message: "by logging", logger: "root" });
  });

  it("may fail with a part of a batch", async () => {
    const Records = ["1", "2"].map((SequenceNumber) => ({ dynamodb: { SequenceNumber } }));
    expect(resultOf(await start().invoke({ do: "fail second", Records }))).toEqual({
      batchItemFailures: [{ itemIdentifier: "2" }],
    });
  });

  it.each([
    ["raises", "raise", "ValueError", "no such colour"],
    ["answers what is no JSON", "strange", "TypeError", "not JSON serializable"],
    ["ends its process", "exit", "Runtime.ExitError", "exit status 3"],
    ["is killed", "die", "Runtime.ExitError", "SIGKILL"],
  ])("that %s fails alone: the next one runs", async (_, what, errorType, message) => {
    const fn = start();
    const errorMessage = expect.stringContaining(message);
    expect(await fn.invoke({ do: what })).toMatchObject({ ok: false, errorType, errorMessage });
    expect(await fn.invoke({})).toMatchObject({ ok: true });
  });

  it("that runs too long, or holds more than it may have, is stopped", async () => {
    const slow = start({ timeoutSeconds: 1 });
    expect(await slow.invoke({ do: "sleep" })).toMatchObject({ ok: false, errorType: "Sandbox.Timedout" });
    expect(await slow.invoke({})).toMatchObject({ ok: true });
    expect(await start({ memoryMb: 128 }).invoke({ do: "hog" })).toMatchObject({
      ok: false,
      errorType: "Runtime.OutOfMemory",
    });
  });

  it("whose module cannot be imported says so", async () => {
    expect(await start({ handler: "absent.handler" }).invoke({})).toMatchObject({
      ok: false,
      errorType: "ModuleNotFoundError",
      errorMessage: expect.stringContaining("absent"),
    });
  });

  it("leaves no process when it is closed, not even one that had just been started", async () => {
    const fn = start();
    const { pid } = resultOf<{ pid: number }>(await fn.invoke({}));
    await fn.close(0);
    await expect.poll(() => isThere(pid)).toBe(false);
    const early = start();
    const refused = expect(early.invoke({})).rejects.toMatchObject({ code: "CLOSED" });
    await early.close(0);
    await refused;
    await wait(50);
  });

  it("runs as a runtime that the function brings along, by nothing but the Runtime API", async () => {
    const own = { codeDir: fixture("functions/own-runtime"), runtime: "provided.al2023", handler: "bootstrap" };
    const fn = startAny({ ...config, ...own });
    for (const n of [1, 2]) expect(resultOf(await fn.invoke({ n }))).toEqual({ n });
  });
});

it.each(["java25", "dotnet10", "ruby3.4", "provided.al2023"])(
  "%s without its bootstrap has no way to run here",
  (runtime) => {
    expect(commandOf({ runtime, codeDir: python.codeDir })).toBeUndefined();
  },
);

const isThere = (pid: number) => existsSync(`/proc/${pid}/status`);
