import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import { describe, expect, it } from "vitest";
import { anyCaller, nameOf, operator, person, staff } from "../../handlers/api/callers.ts";
import { networkOf } from "../../handlers/api/network.ts";
import type { HonoEnv } from "../../handlers/api/types.ts";
import { doorSecret, operatorArn, refusal, siteUrl, startFrame } from "../fixtures/memory-frame.ts";

/** A route that changes something, one that only looks, and one that fails. */
function trial() {
  const routes = new OpenAPIHono<HonoEnv>();
  routes.get("/who", (c) => c.json({ caller: c.var.caller ?? null, network: c.var.network }));
  routes.get("/fails", () => {
    throw new Error("secret details of ann@example.com");
  });
  routes.on(["PUT", "PATCH", "DELETE"], "/change", (c) => c.json({}));
  routes.openapi({ ...change, path: "/closed/{id}", security: undefined }, (c) => c.json(c.req.valid("json")));
  return routes.openapi(change, (c) => c.json(c.req.valid("json")));
}
const shape = z.strictObject({ a: z.int(), b: z.string() });
const change = createRoute({
  method: "post",
  path: "/change",
  security: [],
  request: { body: { required: true, content: { "application/json": { schema: shape } } } },
  responses: { 200: { description: "Changed" } },
});
const start = () => startFrame(() => [trial()]);
const good = { a: 1, b: "two" };

describe("the door", () => {
  it("lets in whom the page's distribution sends, as nobody yet", async () => {
    expect((await start().ask("/api/who")).body).toEqual({ caller: null, network: "203.0.113.7" });
  });

  it("lets in operators, for whom AWS vouches, without any of that", async () => {
    const { ask } = start();
    expect((await ask("/api/who", { by: "operator" })).body.caller).toEqual({ kind: "operator", arn: operatorArn });
    expect((await ask("/api/change", { by: "operator", method: "POST", body: good })).status).toBe(200);
  });

  it.each([undefined, "", "guess", doorSecret.toUpperCase(), `${doorSecret} `.repeat(2), doorSecret.slice(1)])(
    "stays shut for the secret %j, whoever says to have signed in, for whatever route",
    async (secret) => {
      const { ask } = start();
      const headers = { "x-darkroom-door": secret };
      for (const path of ["/api/who", "/api/nothing", "/"])
        for (const by of [undefined, "ann@example.com"])
          expect(await ask(path, { headers, by })).toEqual(refusal("NOT_BY_THE_DOOR"));
    },
  );

  it("does not look at the body of a stranger", async () => {
    const { ask } = start();
    const asking = { method: "POST", body: "x".repeat(100_000), headers: { "x-darkroom-door": "guess" } };
    expect(await ask("/api/change", asking)).toEqual(refusal("NOT_BY_THE_DOOR"));
  });
});

describe("a route that does not say that it is open", () => {
  it("is closed to strangers, whatever they send", async () => {
    const { ask } = start();
    for (const body of [good, { a: "x" }, "{", undefined, "x".repeat(100_000)])
      expect(await ask("/api/closed/7", { method: "POST", body })).toEqual(refusal("SIGN_IN_FIRST"));
    const asking = { method: "POST", body: good };
    expect((await ask("/api/closed/7", { ...asking, by: "ann@example.com" })).status).toBe(200);
    expect((await ask("/api/closed/7", { ...asking, by: "operator" })).status).toBe(200);
  });
});

describe("what changes something", () => {
  it.each([
    undefined,
    "",
    "null",
    "https://evil.example",
    `${siteUrl}.evil.example`,
    `${siteUrl}:8443`,
    siteUrl.replace("https", "http"),
    siteUrl.toUpperCase(),
    `${siteUrl}/`,
  ])("is refused from the origin %j", async (origin) => {
    const { ask } = start();
    for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
      const body = method === "POST" ? good : undefined;
      const asking = { method, body, by: "ann@example.com", headers: { origin } };
      expect(await ask("/api/change", asking)).toEqual(refusal("OTHER_ORIGIN"));
    }
  });

  it("is taken from the page, and looking is taken from anywhere: a browser keeps the answer from others", async () => {
    const { ask } = start();
    expect((await ask("/api/change", { method: "POST", body: good })).status).toBe(200);
    expect((await ask("/api/who", { headers: { origin: "https://evil.example" } })).status).toBe(200);
  });

  it.each([
    undefined,
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/jsonp",
    "text/plain; application/json",
  ])("must be declared as JSON, not %j", async (type) => {
    const { ask } = start();
    for (const by of ["ann@example.com", "operator"]) {
      const asking = { method: "POST", body: good, by, headers: { "content-type": type } };
      expect(await ask("/api/change", asking)).toEqual(refusal("NOT_JSON"));
    }
  });

  it("may name its charset", async () => {
    const headers = { "content-type": "application/json; charset=utf-8" };
    expect((await start().ask("/api/change", { method: "POST", body: good, headers })).status).toBe(200);
  });

  it.each(["", "{", "{'a':1}", "a=1&b=2", "{} {}"])("must be JSON, not %j", async (body) => {
    expect(await start().ask("/api/change", { method: "POST", body })).toEqual(refusal("BAD_JSON"));
  });

  it("is told every problem of its shape at once", async () => {
    const { ask } = start();
    for (const body of [{ a: "x", b: 7, c: true }, [], null, "text"].map((value) => JSON.stringify(value)))
      expect(await ask("/api/change", { method: "POST", body })).toEqual(refusal("BAD_REQUEST"));
    const { detail } = (await ask("/api/change", { method: "POST", body: { a: "x", b: 7, c: true } })).body;
    for (const name of ["a:", "b:", "c"]) expect(detail).toContain(name);
  });

  it("is at most 64 KiB, said or not", async () => {
    const { ask } = start();
    const ofBytes = (bytes: number) => JSON.stringify({ a: 1, b: "x".repeat(bytes - 14) });
    const post = (body: string, length?: string) =>
      ask("/api/change", { method: "POST", body, headers: { "content-length": length } });
    expect((await post(ofBytes(64 * 1024))).status).toBe(200);
    expect(await post(ofBytes(64 * 1024 + 1))).toEqual(refusal("BODY_TOO_LARGE"));
    expect(await post(ofBytes(64 * 1024 + 1), String(64 * 1024 + 1))).toEqual(refusal("BODY_TOO_LARGE"));
  });
});

describe("answers", () => {
  it("are kept by nobody on the way, refusals as well", async () => {
    const { fetch } = start();
    for (const path of ["/api/who", "/api/nothing"]) {
      const { headers } = await fetch(path);
      expect([headers.get("cache-control"), headers.get("x-content-type-options")]).toEqual(["no-store", "nosniff"]);
    }
  });

  it("say nothing of an error that nobody foresaw, which the log hears of", async () => {
    const { ask, faults } = start();
    const answer = await ask("/api/fails");
    expect(answer).toEqual(refusal("UNEXPECTED"));
    expect(JSON.stringify(answer)).not.toMatch(/secret|ann/);
    expect(faults).toEqual([new Error("secret details of ann@example.com")]);
  });

  it.each([
    ["GET", "/api"],
    ["GET", "/api/nothing"],
    ["GET", "/"],
    ["GET", "/api/change"],
    ["OPTIONS", "/api/change"],
    ["POST", "/api/who"],
  ])("know nothing of %s %s", async (method, path) => {
    expect(await start().ask(path, { method })).toEqual(refusal("NO_ROUTE"));
  });
});

describe("who calls", () => {
  const asked = { anyCaller, person, staff, operator };
  const start = () =>
    startFrame(() => {
      const routes = new OpenAPIHono<HonoEnv>();
      routes.get("/as/:kind", (c) => c.json(nameOf(asked[c.req.param("kind") as keyof typeof asked](c))));
      return [routes];
    });
  const [ann, rita] = ["ann@example.com", "rita@example.com"];

  it.each([
    ["anyCaller", { operator: operatorArn, [ann]: ann, [rita]: rita }],
    ["person", { operator: "NOT_ALLOWED", [ann]: ann, [rita]: rita }],
    ["staff", { operator: operatorArn, [ann]: "NOT_ALLOWED", [rita]: rita }],
    ["operator", { operator: operatorArn, [ann]: "NOT_ALLOWED", [rita]: "NOT_ALLOWED" }],
  ])("%s is asked for", async (kind, answers) => {
    const { ask } = start();
    expect(await ask(`/api/as/${kind}`)).toEqual(refusal("SIGN_IN_FIRST"));
    for (const [by, answer] of Object.entries(answers)) {
      const { body } = await ask(`/api/as/${kind}`, { by });
      expect(typeof body === "string" ? body : body.code).toBe(answer);
    }
  });
});

describe("the network a request is counted by", () => {
  it.each([
    ["198.51.100.10:46532", "198.51.100.10"],
    ["198.51.100.10", "198.51.100.10"],
    ["::ffff:198.51.100.10:46532", "198.51.100.10"],
    ["2001:db8:1:2:3:4:5:6:443", "2001:db8:1:2::/64"],
    ["[2001:DB8:1:2:3:4:5:6]:443", "2001:db8:1:2::/64"],
    ["2001:0db8:0001:0002::9:443", "2001:db8:1:2::/64"],
    ["2001:db8::9:443", "2001:db8:0:0::/64"],
    ["2001:::443", "2001:0:0:0::/64"],
    ["::1:443", "0:0:0:0::/64"],
    ["fe80::1%eth0:443", "unknown"],
    ["2001:db8::9", "unknown"],
    ["", "unknown"],
    ["198.51.100.10, 203.0.113.9:1", "unknown"],
    ["<script>:1", "unknown"],
  ])("of %j is %s", (viewer, network) => {
    expect(networkOf(viewer)).toBe(network);
  });
});
