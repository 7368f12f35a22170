import path from "node:path";
import { describe, expect, it } from "vitest";
import { config, fixture, functionRig, resultOf } from "./rig.ts";

const { start, lines } = functionRig();

describe("an invocation", () => {
  it("gets the event and Lambda's context", async () => {
    const fn = start();
    expect(resultOf(await fn.invoke({ a: ["ü", 1, null] }))).toMatchObject({
      event: { a: ["ü", 1, null] },
      channel: "undefined",
    });
    const outcome = await fn.invoke({ do: "context" });
    expect(resultOf(outcome)).toMatchObject({
      awsRequestId: outcome.requestId,
      functionName: "echo",
      functionVersion: "$LATEST",
      invokedFunctionArn: config.arn,
      memoryLimitInMB: "256",
      logGroupName: "/aws/lambda/echo",
    });
    const { remaining } = resultOf<{ remaining: number }>(outcome);
    expect(remaining).toBeGreaterThan(0);
    expect(remaining).toBeLessThanOrEqual(20_000);
  });

  it("runs a bundle whose folder is named from here", async () => {
    const outcome = await start({ codeDir: path.relative(process.cwd(), config.codeDir) }).invoke({});
    expect(outcome).toMatchObject({ ok: true });
  });

  it("has its output told line by line", async () => {
    await start().invoke({ do: "say" });
    await expect.poll(() => lines.map(({ line }) => line).sort()).toEqual(["to standard error", "to standard output"]);
    expect(lines[0]).toMatchObject({ function: "echo", instance: expect.stringContaining("[$LATEST]") });
  });

  it.each([
    ["throws", { do: "throw" }, "RangeError", "asked to throw"],
    ["exits", { do: "crash" }, "Runtime.ExitError", "exit status 3"],
    ["leaves a rejection to nobody", { do: "reject" }, "Runtime.UnhandledPromiseRejection", "nobody listened"],
  ])("that %s fails alone: the next one runs", async (_, event, errorType, message) => {
    const fn = start({}, { instances: 1 });
    const errorMessage = expect.stringContaining(message);
    const outcome = await fn.invoke(event);
    expect(outcome).toMatchObject({ ok: false, errorType, errorMessage });
    const { requestId } = outcome;
    const said = lines.flatMap(({ line }) => (line.includes(requestId) ? [JSON.parse(line)] : []));
    expect(said, "its log says so").toMatchObject([{ level: "ERROR", requestId, errorType, errorMessage }]);
    expect(await fn.invoke({})).toMatchObject({ ok: true });
  });

  it("that runs too long is stopped, even in an endless loop", async () => {
    const fn = start({ timeoutSeconds: 1 }, { instances: 1 });
    expect(await fn.invoke({ do: "spin" })).toMatchObject({
      ok: false,
      errorType: "Sandbox.Timedout",
      errorMessage: expect.stringContaining("Task timed out after 1.00 seconds"),
    });
    expect(await fn.invoke({})).toMatchObject({ ok: true });
  });

  it("that takes more native memory than it may have is stopped, and told both figures", async () => {
    const outcome = await start({ memoryMb: 128 }).invoke({ do: "eat" });
    expect(outcome).toMatchObject({ ok: false, errorType: "Runtime.OutOfMemory" });
    const [, used] = /used (\d+) MB of 128 MB/.exec((outcome as { errorMessage: string }).errorMessage) ?? [];
    expect(Number(used)).toBeGreaterThan(128);
  });

  it.each([
    [
      "a package that is not in the bundle",
      { codeDir: fixture("functions/broken") },
      "Runtime.ImportModuleError",
      "a-package-that",
    ],
    ["no such file", { handler: "main.handler" }, "Runtime.ImportModuleError", "'main'"],
    ["no such export", { handler: "index.run" }, "Runtime.HandlerNotFound", "index.run"],
    ["a handler with a callback", { handler: "index.callback" }, "Runtime.CallbackHandlerDeprecated", "index.callback"],
  ])("of a bundle with %s says so", async (_, change, errorType, named) => {
    expect(await start(change).invoke({})).toMatchObject({
      ok: false,
      errorType,
      errorMessage: expect.stringContaining(named),
    });
  });
});
