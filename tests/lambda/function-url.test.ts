import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { createFunctionUrl } from "../../local/lambda/function-url.ts";
import type { Outcome } from "../../local/lambda/types.ts";
import { config } from "./rig.ts";

describe("a function URL", () => {
  async function served(invoke: (event: unknown) => Promise<Outcome>) {
    const route = createFunctionUrl({
      invoke,
      domainName: "abc.lambda-url.eu-west-1.on.aws",
      accountId: "000000000000",
      prefix: "/api",
      callerOf: () => config.identity,
    });
    const server = createServer((request, response) => void route(request, response)).listen(0, "127.0.0.1");
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
