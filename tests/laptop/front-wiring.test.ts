import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { createAuthorizer } from "../../local/aws/iam.ts";
import { createS3 } from "../../local/aws/s3/s3.ts";
import type { Graph, Resource } from "../../local/graph.ts";
import type { Invoke } from "../../local/lambda/types.ts";
import { ofType } from "../../local/lookup.ts";
import { putBucketObjects } from "../../local/wiring/bucket-objects.ts";
import { bucketsOf } from "../../local/wiring/buckets.ts";
import { distributionRoutes } from "../../local/wiring/distributions.ts";
import { httpApisOf } from "../../local/wiring/http-apis.ts";
import { stackGraph } from "../graph/stacks.ts";
import { serve } from "./serve.ts";

/** The graph's own front door: what is spoiled in it is spoiled here too. */

interface Event {
  readonly routeKey: string;
  readonly headers: Readonly<Record<string, string>>;
}

let graph: Graph;
beforeAll(async () => {
  graph = await stackGraph("dev", { "darkroom:mail": { from: "darkroom@example.com" } });
});

/** The graph with other inputs of the resources of a type. */
const altered = (type: string, change: (inputs: Resource["inputs"], name: string) => object): Graph => {
  const isIt = (resource: Resource) => resource.type === type;
  expect(graph.resources.some(isIt)).toBe(true);
  const resources = graph.resources.map((resource) =>
    isIt(resource)
      ? { ...resource, inputs: { ...resource.inputs, ...change(resource.inputs, resource.name) } }
      : resource,
  );
  return { ...graph, resources };
};

async function open(of: Graph = graph) {
  const dir = await mkdtemp(join(tmpdir(), "darkroom-front-"));
  const authorize = createAuthorizer();
  const s3 = createS3({
    dir,
    buckets: bucketsOf(of, authorize),
    onCreated: async () => {},
    deps: { identityOf: () => undefined, authorize },
  });
  onTestFinished(async () => {
    await s3.close();
    await rm(dir, { recursive: true, force: true });
  });
  await putBucketObjects(of, s3);
  const events: Event[] = [];
  const said: string[] = [];
  const invoke: Invoke = async (event) => {
    events.push(event as Event);
    return { ok: true, requestId: "1", result: { statusCode: 200, body: "{}" } };
  };
  const measured: { readonly status: number }[] = [];
  const apis = httpApisOf(of, {
    invokeOf: () => invoke,
    authorize,
    measure: (_, answer) => measured.push(answer),
    warn: (line) => said.push(line),
  });
  const routes = distributionRoutes(of, { s3, apis, isAway: () => false, sitePath: "/", publishedPath: "/published" });
  const url = await serve(
    (request, response) =>
      void (request.url?.startsWith("/published") ? routes.published : routes.site)(request, response),
  );
  return { s3, url, events, said, measured };
}

const post = (url: string) =>
  fetch(`${url}/api/sign-in?a=1`, {
    method: "POST",
    body: "{}",
    headers: {
      origin: "https://pictures.example.com",
      "content-type": "application/json",
      accept: "application/json",
      cookie: "darkroom=1",
      "x-darkroom-door": "guess",
      "cloudfront-viewer-address": "1.2.3.4:5",
      authorization: "guess",
    },
  });

describe("the front door of the graph", () => {
  it("shows the page's files at the root, with a strict policy and as they may be cached", async () => {
    const { url } = await open();
    for (const path of ["/", "/index.html"]) {
      const response = await fetch(url + path);
      expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
      expect(response.headers.get("cache-control")).toBe("no-cache");
      expect(response.headers.get("content-security-policy")).toMatch(/^default-src 'none'; script-src 'self';/);
    }
    expect((await fetch(`${url}/nothing`)).status).toBe(403);
  });

  it("tells how each call of the API was answered", async () => {
    const { url, measured } = await open();
    await post(url);
    await fetch(`${url}/index.html`);
    expect(measured.map(({ status }) => status)).toEqual([200]);
  });

  it("takes away the page's files that are no longer there, and puts new ones in the place of the old", async () => {
    const { s3, url } = await open();
    const [bucket] = ofType(graph, "aws:s3/bucketObjectv2:BucketObjectv2").map(({ inputs }) =>
      String(inputs["bucket"]),
    );
    const store = s3.store(bucket!)!;
    const before = store.get("index.html");
    const late = { headers: { "content-type": "text/html" }, metadata: {}, tags: {}, storageClass: "STANDARD" };
    async function* words() {
      yield Buffer.from("old");
    }
    for (const key of ["index.html", "old-12345678.js"])
      store.commit({ key, staged: await store.stage(words()), description: late, reason: "PutObject" });
    expect(await (await fetch(url)).text()).toBe("old");
    await putBucketObjects(graph, s3);
    expect(store.get("index.html")).toMatchObject({ etag: before!.etag, headers: before!.headers });
    expect(store.get("old-12345678.js")).toBeUndefined();
    const { id } = store.get("index.html")!;
    await putBucketObjects(graph, s3);
    expect(store.get("index.html")!.id).toBe(id);
  });

  it("leads /api to the API with all that it needs of a request, and nothing that a viewer could forge", async () => {
    const { url, events } = await open();
    expect((await post(url)).status).toBe(200);
    const secret = ofType(graph, "aws:cloudfront/distribution:Distribution")
      .flatMap(({ inputs }) => inputs["origins"] as { customHeaders?: { value: string }[] }[])
      .flatMap(({ customHeaders = [] }) => customHeaders.map(({ value }) => value));
    expect(events).toEqual([
      expect.objectContaining({
        routeKey: "ANY /api/{proxy+}",
        rawPath: "/api/sign-in",
        rawQueryString: "a=1",
        cookies: ["darkroom=1"],
        headers: expect.objectContaining({
          origin: "https://pictures.example.com",
          "content-type": "application/json",
          accept: "application/json",
          "x-darkroom-door": secret[0],
          "cloudfront-viewer-address": expect.stringMatching(/^127\.0\.0\.1:\d+$/),
        }),
      }),
    ]);
    expect(secret).toHaveLength(1);
    expect(events[0]?.headers).not.toHaveProperty("authorization");
  });

  it("fails where the forwarding policy drops a header that the API needs", async () => {
    const { url, events } = await open(
      altered("aws:cloudfront/originRequestPolicy:OriginRequestPolicy", () => ({
        headersConfig: { headerBehavior: "whitelist", headers: { items: ["Content-Type"] } },
      })),
    );
    await post(url);
    expect(events[0]?.headers).toMatchObject({ "content-type": "application/json" });
    for (const name of ["origin", "cloudfront-viewer-address"]) expect(events[0]?.headers).not.toHaveProperty(name);
  });

  it.each([
    ["another path", { sourceArn: "arn:aws:execute-api:eu-west-1:000000000000:abc/*/*/hooks/{proxy+}" }],
    ["another account", { sourceAccount: "111111111111" }],
    ["another service", { principal: "events.amazonaws.com" }],
  ])("fails where the API's permission is for %s, and names the route", async (_, change) => {
    const { url, events, said } = await open(altered("aws:lambda/permission:Permission", () => change));
    expect((await post(url)).status).toBe(500);
    expect(events).toEqual([]);
    expect(said).toEqual([expect.stringMatching(/^route ANY \/api\/\{proxy\+\}: .*lambda:InvokeFunction/)]);
  });

  it("shows no bucket that its policy does not open to this distribution", async () => {
    const { url } = await open(
      altered("aws:s3/bucketPolicy:BucketPolicy", ({ policy }) => ({
        policy: String(policy).replaceAll(":distribution/", ":distribution/X"),
      })),
    );
    expect((await fetch(url)).status).toBe(403);
  });

  it("shows the pictures under their own path, to any page", async () => {
    const { s3, url } = await open();
    const bucket = String(graph.outputs["publishedBucket"]);
    const store = s3.store(bucket)!;
    const description = { headers: { "content-type": "image/webp" }, metadata: {}, tags: {}, storageClass: "STANDARD" };
    async function* bytes() {
      yield Buffer.from("webp");
    }
    store.commit({ key: "7/w640.webp", staged: await store.stage(bytes()), description, reason: "PutObject" });
    const response = await fetch(`${url}/published/7/w640.webp`);
    expect([response.status, await response.text()]).toEqual([200, "webp"]);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "image/webp",
      "x-content-type-options": "nosniff",
      "cross-origin-resource-policy": "cross-origin",
      "content-security-policy": expect.stringContaining("default-src 'none'"),
    });
    expect((await fetch(`${url}/published/`)).status).toBe(403);
    expect((await fetch(`${url}/published/7/w640.webp`, { method: "PUT", body: "x" })).status).toBe(403);
  });

  it.each<[string, () => Graph]>([
    [
      "an origin without access control",
      () =>
        altered("aws:cloudfront/distribution:Distribution", ({ origins }) => ({
          origins: (origins as object[]).map((origin) => ({ ...origin, originAccessControlId: undefined })),
        })),
    ],
    ["a function at the edge", () => withBehaviour({ functionAssociations: [{}] })],
    ["a policy that nobody knows", () => withBehaviour({ cachePolicyId: "nobodys" })],
    ["an authorizer", () => altered("aws:apigatewayv2/route:Route", () => ({ authorizationType: "JWT" }))],
    ["payload 1.0", () => altered("aws:apigatewayv2/integration:Integration", () => ({ payloadFormatVersion: "1.0" }))],
    ["a stage that deploys nothing", () => altered("aws:apigatewayv2/stage:Stage", () => ({ autoDeploy: false }))],
  ])("is not opened with %s, which it does not stand in for", async (_, spoiled) => {
    await expect(open(spoiled())).rejects.toThrow(/^(DISTRIBUTION_UNSUPPORTED|HTTP_API_UNSUPPORTED|GRAPH_BROKEN): /);
  });

  const withBehaviour = (change: object) =>
    altered("aws:cloudfront/distribution:Distribution", ({ defaultCacheBehavior }) => ({
      defaultCacheBehavior: { ...(defaultCacheBehavior as object), ...change },
    }));
});
