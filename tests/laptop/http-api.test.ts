import { describe, expect, it } from "vitest";
import { createHttpApi, type HttpApiConfig, type RouteConfig } from "../../local/aws/http-api/http-api.ts";
import { createMatcher } from "../../local/aws/http-api/routes.ts";
import { createThrottle } from "../../local/aws/http-api/throttle.ts";
import type { PlainRequest } from "../../local/http.ts";
import { FunctionClosed, type Invoke } from "../../local/lambda/types.ts";

const request: PlainRequest = {
  method: "POST",
  url: "/api/pictures/7?x=1",
  httpVersion: "1.1",
  headers: {
    host: "elsewhere",
    "x-forwarded-for": "203.0.113.9",
    cookie: "a=1; b=2",
    "content-type": "application/json",
  },
  body: Buffer.from("{}"),
  sourceIp: "130.176.0.1",
};
const ok: Invoke = async () => ({ ok: true, requestId: "1", result: { statusCode: 204 } });

function api(route: Partial<RouteConfig> = {}, more: Partial<HttpApiConfig> = {}) {
  const said: string[] = [];
  const call = createHttpApi({
    domainName: "abc.execute-api.eu-west-1.amazonaws.com",
    accountId: "000000000000",
    routes: [{ key: "ANY /api/{proxy+}", invoke: ok, timeoutMs: 1000, permitted: () => ({ allowed: true }), ...route }],
    warn: (line) => said.push(line),
    ...more,
  });
  const ask = async (change: Partial<PlainRequest> = {}) => {
    const { status, body } = await call({ ...request, ...change });
    return [status, String(body)];
  };
  return { ask, said };
}

describe("a route of an HTTP API", () => {
  const keys = [
    "$default",
    "ANY /{proxy+}",
    "ANY /api/{proxy+}",
    "GET /api/{proxy+}",
    "ANY /api/pictures/{id}",
    "ANY /api/pictures",
  ];
  const match = createMatcher(keys.map((key) => ({ key })));

  it.each([
    ["GET", "/api/pictures", "ANY /api/pictures", undefined],
    ["GET", "/api/pictures/7", "ANY /api/pictures/{id}", { id: "7" }],
    ["GET", "/api/pictures/7/markup", "GET /api/{proxy+}", { proxy: "pictures/7/markup" }],
    ["POST", "/api/pictures/7/review", "ANY /api/{proxy+}", { proxy: "pictures/7/review" }],
    ["GET", "/apis", "ANY /{proxy+}", { proxy: "apis" }],
    ["GET", "/api/a%20b", "GET /api/{proxy+}", { proxy: "a b" }],
    ["GET", "/", "$default", undefined],
  ])("is the most specific one: %s %s takes %s", (method, path, key, pathParameters) => {
    expect(match(method, path)).toEqual({ route: { key }, ...(pathParameters && { pathParameters }) });
  });

  it("is missing where none fits, whatever the path begins with", () => {
    const few = createMatcher([{ key: "ANY /hooks/studio" }, { key: "ANY /api/{proxy+}" }]);
    for (const path of ["/hooks/studio2", "/hooks/studio/", "/hooks", "/api/", "/api", "/x/api/y"])
      expect(few("POST", path), path).toBeUndefined();
  });

  it.each(["pictures", "ANY pictures", "ANY /{proxy+}/more", "any /x"])("is refused as %s", (key) => {
    expect(() => createMatcher([{ key }])).toThrow(/^ROUTE_INVALID.*received/);
  });
});

describe("an HTTP API", () => {
  it("hands a request on as payload 2.0, with its own host and the edge as the source", async () => {
    const events: unknown[] = [];
    const { ask } = api({
      invoke: async (event) => {
        events.push(event);
        return ok(event);
      },
    });
    expect(await ask()).toEqual([204, ""]);
    expect(events).toEqual([
      expect.objectContaining({
        version: "2.0",
        routeKey: "ANY /api/{proxy+}",
        rawPath: "/api/pictures/7",
        rawQueryString: "x=1",
        cookies: ["a=1", "b=2"],
        pathParameters: { proxy: "pictures/7" },
        body: "{}",
        headers: {
          "content-type": "application/json",
          host: "abc.execute-api.eu-west-1.amazonaws.com",
          "x-forwarded-for": "203.0.113.9, 130.176.0.1",
          "x-forwarded-port": "443",
          "x-forwarded-proto": "https",
        },
        requestContext: expect.objectContaining({
          apiId: "abc",
          stage: "$default",
          time: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
          http: expect.objectContaining({ method: "POST", sourceIp: "130.176.0.1" }),
        }),
      }),
    ]);
    expect(events[0]).not.toHaveProperty("requestContext.authorizer");
  });

  it("does not call a function whose policy does not let it in, and says so in the terminal alone", async () => {
    const calls: unknown[] = [];
    const { ask, said } = api({
      invoke: async (event) => {
        calls.push(event);
        return ok(event);
      },
      permitted: (method) => ({ allowed: false, because: `nobody lets ${method} in` }),
    });
    expect(await ask()).toEqual([500, '{"message":"Internal Server Error"}']);
    expect(calls).toEqual([]);
    expect(said).toEqual([expect.stringContaining("ANY /api/{proxy+}: nobody lets POST in")]);
  });

  it("tells nothing of how a function failed", async () => {
    const { ask } = api({
      invoke: async () => ({ ok: false, requestId: "1", errorType: "Error", errorMessage: "secret" }),
    });
    expect(await ask()).toEqual([500, '{"message":"Internal Server Error"}']);
  });

  it("gives up on a function that does not answer in time, or that is being stopped", async () => {
    const slow: Invoke = (_, options) =>
      new Promise((_resolve, reject) =>
        options?.signal?.addEventListener("abort", () => reject(options.signal?.reason)),
      );
    const stopped: Invoke = () => Promise.reject(new FunctionClosed("api"));
    const unavailable = [503, '{"message":"Service Unavailable"}'];
    expect(await api({ invoke: slow, timeoutMs: 20 }).ask()).toEqual(unavailable);
    expect(await api({ invoke: stopped }).ask()).toEqual(unavailable);
  });

  it("answers itself what no route takes and what is too large", async () => {
    const { ask } = api();
    expect(await ask({ url: "/nothing" })).toEqual([404, '{"message":"Not Found"}']);
    expect(await ask({ body: Buffer.alloc(6 * 1024 * 1024 + 1) })).toEqual([
      413,
      '{"message":"Request Entity Too Large"}',
    ]);
  });

  it("throttles as its stage says", async () => {
    let now = 0;
    const { ask } = api({}, { throttle: { rate: 2, burst: 3, now: () => now } });
    const statuses = async (times: number) =>
      (await Promise.all(Array.from({ length: times }, () => ask()))).map(([status]) => status);
    expect(await statuses(5)).toEqual([204, 204, 204, 429, 429]);
    now += 500;
    expect(await statuses(2)).toEqual([204, 429]);
    now += 60_000;
    expect(await statuses(4)).toEqual([204, 204, 204, 429]);
  });

  it("counts parts of a request over a long time", () => {
    let now = 0;
    const mayPass = createThrottle({ rate: 0.5, burst: 1, now: () => now });
    expect(mayPass()).toBe(true);
    now += 1999;
    expect(mayPass()).toBe(false);
    now += 2;
    expect(mayPass()).toBe(true);
  });
});
