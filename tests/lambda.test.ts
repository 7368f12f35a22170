import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer as createHttp } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createFunction } from "../local/lambda/function.ts";
import { createFunctionUrl } from "../local/lambda/function-url.ts";
import { createMetadata, type Metadata, zoneOf } from "../local/lambda/metadata.ts";
import type { FunctionConfig, FunctionDeps, FunctionLog, LambdaFunction, Outcome } from "../local/lambda/types.ts";

const fixture = (path: string) => fileURLToPath(new URL(`fixtures/${path}`, import.meta.url));
const config: FunctionConfig = {
  name: "echo",
  arn: "arn:aws:lambda:eu-west-1:000000000000:function:echo",
  codeDir: fixture("functions/echo"),
  handler: "index.handler",
  runtime: "nodejs24.x",
  memoryMb: 256,
  timeoutSeconds: 20,
  environment: { CATALOG_TABLE: "pictures", LIMITS: '{"maxBytes":1}' },
  identity: {
    arn: "arn:aws:sts::000000000000:assumed-role/echo/echo",
    accessKeyId: "AKIATEST",
    secretAccessKey: "secret",
    policies: [],
  },
  region: "eu-west-1",
};

let metadata: Metadata;
const open: LambdaFunction[] = [];
const lines: FunctionLog[] = [];
beforeAll(async () => {
  metadata = await createMetadata({ region: "eu-west-1" });
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((fn) => fn.close(0)));
  lines.length = 0;
});
afterAll(() => metadata.close());

function start(change: Partial<FunctionConfig> = {}, deps: Partial<FunctionDeps> = {}): LambdaFunction {
  const endpoints = { AWS_ENDPOINT_URL_S3: "http://127.0.0.1:4000/aws/s3" };
  const fn = createFunction(
    { ...config, ...change },
    { log: (line) => lines.push(line), endpoints, metadata, ...deps },
  );
  open.push(fn);
  return fn;
}
const resultOf = <T>(outcome: Outcome) => (outcome as { result: T }).result;

describe("a function's environment", () => {
  it("is the graph's variables and Lambda's own, and nothing of the host's", async () => {
    process.env["LEAK"] = "the host's";
    const environment = resultOf<Record<string, string>>(await start().invoke({ do: "environment" }));
    delete process.env["LEAK"];
    const { AWS_LAMBDA_LOG_STREAM_NAME: stream, __CF_USER_TEXT_ENCODING: _, ...rest } = environment;
    expect(stream).toMatch(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/);
    expect(rest).toEqual({
      CATALOG_TABLE: "pictures",
      LIMITS: '{"maxBytes":1}',
      _HANDLER: "index.handler",
      LAMBDA_TASK_ROOT: config.codeDir,
      LANG: "en_US.UTF-8",
      TZ: ":UTC",
      AWS_REGION: "eu-west-1",
      AWS_DEFAULT_REGION: "eu-west-1",
      AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
      AWS_LAMBDA_FUNCTION_NAME: "echo",
      AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "256",
      AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
      AWS_LAMBDA_LOG_GROUP_NAME: "/aws/lambda/echo",
      AWS_LAMBDA_METADATA_API: metadata.address,
      AWS_LAMBDA_METADATA_TOKEN: metadata.token,
      AWS_ACCESS_KEY_ID: "AKIATEST",
      AWS_SECRET_ACCESS_KEY: "secret",
      AWS_SESSION_TOKEN: "session-of-AKIATEST",
      AWS_ENDPOINT_URL_S3: "http://127.0.0.1:4000/aws/s3",
      ...(process.platform === "win32" && { SystemRoot: process.env["SystemRoot"] }),
    });
  });

  it.each([
    ["a variable that Lambda sets itself", { environment: { AWS_REGION: "x" } }, "AWS_REGION"],
    ["more than 4 KB", { environment: { LIMITS: "x".repeat(4096) } }, "4096"],
    ["a name AWS does not take", { environment: { "A-B": "1" } }, "A-B"],
    ["another runtime", { runtime: "python3.13" }, "python3.13"],
    ["a bundle that was not built", { codeDir: "nowhere" }, "nowhere"],
  ])("is refused with %s", (_, change, named) => {
    expect(() => start(change)).toThrow(
      expect.objectContaining({ code: "FUNCTION_CONFIG", message: expect.stringContaining(named) }),
    );
  });

  it("tells the zone by the metadata endpoint, to who has the token", async () => {
    expect(resultOf(await start().invoke({ do: "zone" }))).toEqual({
      zone: { AvailabilityZoneID: "euw1-az1" },
      stranger: 401,
    });
  });

  it.each([
    ["us-east-1", "use1-az1"],
    ["ap-southeast-2", "apse2-az1"],
    ["us-gov-west-1", "usgw1-az1"],
    ["ca-central-1", "cac1-az1"],
  ])("names the zones of %s as AWS does", (region, zone) => expect(zoneOf(region)).toBe(zone));
});

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
    expect(await fn.invoke(event)).toMatchObject({
      ok: false,
      errorType,
      errorMessage: expect.stringContaining(message),
    });
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

describe("instances", () => {
  it("are reused while warm", async () => {
    const fn = start();
    const [first, second] = [resultOf<{ pid: number }>(await fn.invoke({})), resultOf(await fn.invoke({}))];
    expect(second).toMatchObject({ pid: first.pid, calls: 2 });
  });

  it("end when they stand idle", async () => {
    const fn = start({}, { idleSeconds: 0.05 });
    const { pid } = resultOf<{ pid: number }>(await fn.invoke({}));
    await expect.poll(async () => resultOf<{ pid: number }>(await fn.invoke({})).pid, { interval: 200 }).not.toBe(pid);
  });

  it("are never more than reserved or than the host lets: others wait, without failing", async () => {
    for (const [reservedConcurrency, instances, most] of [
      [1, 2, 1],
      [50, 2, 2],
      [-1, 2, 2],
    ] as const) {
      const fn = start({ reservedConcurrency }, { instances });
      const outcomes = await Promise.all(Array.from({ length: 6 }, () => fn.invoke({ do: "sleep", ms: 100 })));
      expect(outcomes.every(({ ok }) => ok)).toBe(true);
      expect(new Set(outcomes.map((outcome) => resultOf<{ pid: number }>(outcome).pid)).size).toBe(most);
    }
  });

  it("finish what they run when the function is closed, and start nothing more", async () => {
    const fn = start({}, { instances: 1 });
    const running = fn.invoke({ do: "sleep", ms: 200 });
    const waiting = fn.invoke({});
    const refused = expect(waiting).rejects.toMatchObject({ code: "CLOSED" });
    await fn.close();
    await refused;
    expect(await running).toMatchObject({ ok: true });
    await expect(fn.invoke({})).rejects.toMatchObject({ code: "CLOSED" });
  });

  it("that take too long to finish are ended, and their outcome is nobody's failure", async () => {
    const fn = start();
    const running = expect(fn.invoke({ do: "sleep", ms: 60_000 })).rejects.toMatchObject({ code: "CLOSED" });
    await fn.close(50);
    await running;
  });

  it("stop for the caller's signal", async () => {
    const fn = start({}, { instances: 1 });
    const running = fn.invoke({ do: "sleep", ms: 60_000 }, { signal: AbortSignal.timeout(100) });
    const waiting = fn.invoke({}, { signal: AbortSignal.timeout(50) });
    await expect(waiting).rejects.toMatchObject({ name: "TimeoutError" });
    await expect(running).rejects.toMatchObject({ name: "TimeoutError" });
    expect(await fn.invoke({})).toMatchObject({ ok: true });
  });

  it("die with a host that is killed", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const host = spawn(process.execPath, [
      fixture("host-that-dies.ts"),
      config.codeDir,
      String((server.address() as AddressInfo).port),
    ]);
    const [held] = await once(server, "connection");
    host.kill("SIGKILL");
    // The connection is the child's own: it closes only when the child is gone.
    held.on("error", () => {}).resume();
    await once(held, "close");
    server.close();
  });
});

describe("a function URL", () => {
  async function served(invoke: (event: unknown) => Promise<Outcome>) {
    const route = createFunctionUrl({
      invoke,
      domainName: "abc.lambda-url.eu-west-1.on.aws",
      accountId: "000000000000",
      prefix: "/api",
      callerOf: () => config.identity,
    });
    const server = createHttp((request, response) => void route(request, response)).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    return { url: `http://127.0.0.1:${port}`, close: () => server.close().closeAllConnections() };
  }
  const answering =
    (result: unknown, events: unknown[] = []) =>
    async (event: unknown): Promise<Outcome> => {
      events.push(event);
      return { ok: true, requestId: "1", result };
    };

  it("turns a request into payload 2.0", async () => {
    const events: unknown[] = [];
    const { url, close } = await served(answering({ statusCode: 204 }, events));
    await fetch(`${url}/api/pictures/a%20b?tag=x&tag=y&q=%C3%BC`, {
      method: "POST",
      headers: { "content-type": "application/json", cookie: "a=1; b=2", "x-one": "two" },
      body: '{"ü":1}',
    });
    await fetch(`${url}/api`, { method: "PUT", headers: { "content-type": "image/png" }, body: Buffer.of(0, 255) });
    close();
    expect(events[0]).toMatchObject({
      version: "2.0",
      routeKey: "$default",
      rawPath: "/pictures/a%20b",
      rawQueryString: "tag=x&tag=y&q=%C3%BC",
      queryStringParameters: { tag: "x,y", q: "ü" },
      cookies: ["a=1", "b=2"],
      headers: { "x-one": "two" },
      body: '{"ü":1}',
      isBase64Encoded: false,
      requestContext: {
        http: { method: "POST", path: "/pictures/a b", protocol: "HTTP/1.1", sourceIp: "127.0.0.1" },
        domainPrefix: "abc",
        authorizer: { iam: { userArn: config.identity.arn } },
      },
    });
    expect(events[0]).not.toHaveProperty("headers.cookie");
    expect(events[1]).toMatchObject({ rawPath: "/", rawQueryString: "", body: "AP8=", isBase64Encoded: true });
  });

  it("turns results into answers", async () => {
    const { url, close } = await served(
      answering({
        statusCode: 201,
        headers: { "Content-Type": "image/png", "x-n": 1 },
        cookies: ["a=1; Secure", "b=2"],
        body: "AP8=",
        isBase64Encoded: true,
      }),
    );
    const response = await fetch(`${url}/api/`);
    expect(response.status).toBe(201);
    expect(response.headers.get("content-type")).toBe("image/png");
    expect(response.headers.getSetCookie()).toEqual(["a=1; Secure", "b=2"]);
    expect([...(await response.bytes())]).toEqual([0, 255]);
    close();
    const plain = await served(answering({ pictures: [] }));
    const json = await fetch(`${plain.url}/api/`);
    expect([json.status, json.headers.get("content-type"), await json.json()]).toEqual([
      200,
      "application/json",
      { pictures: [] },
    ]);
    plain.close();
  });

  it("hides a function's error, and lets no body above 6 MB through", async () => {
    const { url, close } = await served(async () => ({
      ok: false,
      requestId: "1",
      errorType: "Error",
      errorMessage: "a secret",
    }));
    const failed = await fetch(`${url}/api/`);
    expect([failed.status, await failed.text()]).toEqual([502, '{"Message":"Internal Server Error"}']);
    const large = await fetch(`${url}/api/`, { method: "POST", body: Buffer.alloc(6 * 1024 * 1024 + 1) });
    expect(large.status).toBe(413);
    close();
  });
});
