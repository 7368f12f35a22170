import { describe, expect, it } from "vitest";
import { createDistribution } from "../../local/aws/cloudfront/distribution.ts";
import type { Behaviour, Forwards, Origin } from "../../local/aws/cloudfront/types.ts";
import type { PlainAnswer, PlainRequest } from "../../local/http.ts";
import { serve } from "./serve.ts";

const nothing: Forwards = { headers: "none", made: [], cookies: "none", query: "none" };
const everything: Forwards = { headers: { allBut: ["host"] }, made: [], cookies: "all", query: "all" };

/** A distribution under /front whose origins answer with their own names, and what they were asked. */
async function front(
  behaviours: readonly (Partial<Omit<Behaviour, "origin">> & {
    readonly name: string;
    readonly origin?: Partial<Origin>;
  })[],
) {
  const asked: (PlainRequest & { readonly origin: string })[] = [];
  const distribution = createDistribution(
    {
      rootObject: "index.html",
      behaviours: behaviours.map(({ name, origin, ...behaviour }) => ({
        pathPattern: "*",
        allowedMethods: ["GET", "HEAD"],
        forwards: [nothing],
        ...behaviour,
        origin: {
          domainName: `${name}.example.com`,
          path: "",
          headers: {},
          fetch: async (request: PlainRequest): Promise<PlainAnswer> => {
            asked.push({ ...request, origin: name });
            return { status: 200, headers: { "content-type": "text/plain", etag: '"1"' }, body: Buffer.from(name) };
          },
          ...origin,
        },
      })),
    },
    "/front",
  );
  return { asked, url: `${await serve((...exchange) => void distribution(...exchange))}/front` };
}

describe("a distribution", () => {
  it("takes the first behaviour whose pattern fits, and the default one otherwise", async () => {
    const { url } = await front([
      { name: "one", pathPattern: "/api/one?.jpg" },
      { name: "api", pathPattern: "api/*" },
      { name: "page" },
    ]);
    const answers = ["/api/one1.jpg", "/api/one.jpg", "/api/", "/API/x", "/apis", "/x/api/y", "/"].map(async (path) =>
      (await fetch(url + path)).text(),
    );
    expect(await Promise.all(answers)).toEqual(["one", "api", "api", "page", "page", "page", "page"]);
  });

  it("shows its root object at the root alone", async () => {
    const { asked, url } = await front([{ name: "page", forwards: [everything] }]);
    for (const path of ["", "/", "/?a=1", "/folder/"]) await fetch(url + path);
    expect(asked.map((request) => request.url)).toEqual(["/index.html", "/index.html", "/index.html?a=1", "/folder/"]);
  });

  it("refuses a method that its behaviour does not allow, without asking the origin", async () => {
    const { asked, url } = await front([{ name: "page" }]);
    expect((await fetch(url, { method: "POST", body: "x" })).status).toBe(403);
    expect(asked).toEqual([]);
  });

  it("lets nothing of a request through but path and body, unless a policy says so", async () => {
    const { asked, url } = await front([{ name: "page", allowedMethods: ["POST"] }]);
    await fetch(`${url}/x?a=1`, {
      method: "POST",
      body: "body",
      headers: { cookie: "a=1", "content-type": "text/plain", "x-mine": "1", accept: "text/html" },
    });
    const [request] = asked;
    expect(request).toMatchObject({ url: "/x", body: Buffer.from("body") });
    expect(Object.keys(request?.headers ?? {}).sort()).toEqual([
      "content-length",
      "host",
      "user-agent",
      "via",
      "x-amz-cf-id",
      "x-forwarded-for",
    ]);
    expect(request?.headers).toMatchObject({ host: "page.example.com", "user-agent": "Amazon CloudFront" });
  });

  it("lets through what its policies list, each by its name", async () => {
    const cached: Forwards = { ...nothing, query: { only: ["b"] } };
    const forwarded: Forwards = {
      headers: { only: ["x-mine"] },
      made: [],
      cookies: { allBut: ["c"] },
      query: { only: ["d"] },
    };
    const { asked, url } = await front([{ name: "page", forwards: [cached, forwarded] }]);
    await fetch(`${url}/x?a=1&b=2&d=%20&d=4`, { headers: { cookie: "a=1; c=2", "x-mine": "1", "x-other": "2" } });
    expect(asked[0]?.url).toBe("/x?b=2&d=%20&d=4");
    expect(asked[0]?.headers).toMatchObject({ cookie: "a=1", "x-mine": "1" });
    expect(asked[0]?.headers).not.toHaveProperty("x-other");
  });

  it("tells the viewer's address itself, and believes nobody else about it or about its own headers", async () => {
    const door = { headers: { "x-door": "secret" }, path: "/v1" };
    const { asked, url } = await front([
      { name: "api", origin: door, forwards: [{ ...everything, made: ["cloudfront-viewer-address"] }] },
    ]);
    await fetch(`${url}/x`, {
      headers: {
        "cloudfront-viewer-address": "1.2.3.4:5",
        "cloudfront-viewer-country": "DE",
        "x-door": "guess",
        "x-forwarded-for": "1.2.3.4",
      },
    });
    expect(asked[0]?.url).toBe("/v1/x");
    expect(asked[0]?.headers).toMatchObject({
      "cloudfront-viewer-address": expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      "x-door": "secret",
      "x-forwarded-for": "1.2.3.4, 127.0.0.1",
    });
    expect(asked[0]?.headers).not.toHaveProperty("cloudfront-viewer-country");
    expect(asked[0]?.sourceIp).not.toBe("127.0.0.1");
  });

  it("tells a viewer who has it already that it is the same, and sends heads without bodies", async () => {
    const { url } = await front([{ name: "page" }]);
    const same = await fetch(url, { headers: { "if-none-match": '"0", "1"' } });
    expect([same.status, await same.text(), same.headers.get("etag")]).toEqual([304, "", '"1"']);
    const head = await fetch(url, { method: "HEAD" });
    expect([head.status, head.headers.get("content-type"), head.headers.get("content-length")]).toEqual([
      200,
      "text/plain",
      "4",
    ]);
  });
});

describe("a response headers policy", () => {
  const answered = async (
    responseHeaders: Behaviour["responseHeaders"],
    headers: Record<string, string>,
    origin?: string,
  ) => {
    const { url } = await front([
      {
        name: "page",
        responseHeaders,
        origin: { fetch: async () => ({ status: 200, headers, body: Buffer.alloc(0) }) },
      },
    ]);
    const response = await fetch(url, origin === undefined ? {} : { headers: { origin } });
    return Object.fromEntries(response.headers);
  };

  it("adds security headers, in the place of the origin's where it overrides", async () => {
    const csp = (override: boolean) => ({ override, contentSecurityPolicy: "default-src 'none'" });
    const config = {
      contentTypeOptions: { override: true },
      frameOptions: { override: true, frameOption: "DENY" },
      referrerPolicy: { override: true, referrerPolicy: "no-referrer" },
      strictTransportSecurity: { override: true, accessControlMaxAgeSec: 60, includeSubdomains: true },
    };
    const own = { "content-security-policy": "own", "x-frame-options": "SAMEORIGIN" };
    const hard = await answered({ securityHeadersConfig: { ...config, contentSecurityPolicy: csp(true) } }, own);
    expect(hard).toMatchObject({
      "content-security-policy": "default-src 'none'",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "no-referrer",
      "strict-transport-security": "max-age=60; includeSubDomains",
    });
    const soft = { securityHeadersConfig: { contentSecurityPolicy: csp(false) } };
    expect(await answered(soft, own)).toMatchObject({ "content-security-policy": "own" });
    expect(await answered(soft, {})).toMatchObject({ "content-security-policy": "default-src 'none'" });
  });

  it("takes away headers and adds others", async () => {
    const headers = await answered(
      {
        removeHeadersConfig: { items: [{ header: "X-Gone" }] },
        customHeadersConfig: { items: [{ header: "X-New", value: "1", override: false }] },
      },
      { "x-gone": "1" },
    );
    expect(headers).toMatchObject({ "x-new": "1" });
    expect(headers).not.toHaveProperty("x-gone");
  });

  it("lets scripts read on the pages it names, and on no other", async () => {
    const corsConfig = {
      originOverride: true,
      accessControlAllowCredentials: false,
      accessControlAllowOrigins: { items: ["https://app.example"] },
      accessControlAllowMethods: { items: ["GET", "HEAD"] },
      accessControlAllowHeaders: { items: ["Range"] },
    };
    expect(await answered({ corsConfig }, {}, "https://app.example")).toMatchObject({
      "access-control-allow-origin": "https://app.example",
      "access-control-allow-methods": "GET, HEAD",
      vary: "Origin",
    });
    for (const origin of ["https://other.example", undefined])
      expect(await answered({ corsConfig }, {}, origin)).not.toHaveProperty("access-control-allow-origin");
  });
});
