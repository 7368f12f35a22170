import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, it } from "vitest";
import { capture } from "../../local/capture.ts";
import type { Graph } from "../../local/graph.ts";
import { functions, inputsOf, named, ofType, page, program, stackGraph, variablesOf } from "./stacks.ts";

let graph: Graph;
let withSource: Graph;
beforeAll(async () => {
  graph = await stackGraph("dev");
  withSource = await stackGraph(
    "dev",
    {
      "darkroom:sources": [{ name: "campaigns", kind: "dropbox" }],
      "darkroom:sourceSecrets": { campaigns: "{}" },
    },
    ["darkroom:sourceSecrets"],
  );
});

interface Origin {
  readonly originId: string;
  readonly domainName: string;
  readonly customHeaders?: readonly { readonly name: string; readonly value: string }[];
  readonly customOriginConfig?: unknown;
}
interface Behaviour {
  readonly pathPattern?: string;
  readonly targetOriginId: string;
  readonly viewerProtocolPolicy: string;
  readonly cachePolicyId: string;
  readonly originRequestPolicyId?: string;
  readonly responseHeadersPolicyId: string;
}
interface Distribution {
  readonly origins: readonly Origin[];
  readonly defaultCacheBehavior: Behaviour;
  readonly orderedCacheBehaviors?: readonly Behaviour[];
  readonly webAclId: string;
}
const distribution = (of: Graph, name: string) => inputsOf(of, `${name}-distribution`) as unknown as Distribution;
const behaviours = ({ defaultCacheBehavior, orderedCacheBehaviors = [] }: Distribution) => [
  defaultCacheBehavior,
  ...orderedCacheBehaviors,
];
const variables = (of: Graph, name: string) => variablesOf(functions(of).find((fn) => fn.name === name)!);
const byId = (of: Graph, id: string) => of.resources.find(({ outputs }) => outputs["id"] === id);

describe("the page's distribution", () => {
  it("shows the page, leads /api to the API and /hooks past it, to the functions of sources", () => {
    const site = distribution(graph, "site");
    expect(site).toMatchObject({ defaultRootObject: "index.html" });
    expect(behaviours(site).map(({ pathPattern, targetOriginId }) => [pathPattern, targetOriginId])).toEqual([
      [undefined, "page"],
      ["/api/*", "api"],
      ["/hooks/*", "hooks"],
    ]);
    const host = new URL(String(named(graph, "door-api").outputs["apiEndpoint"])).host;
    expect(site.origins.map(({ originId, domainName }) => [originId, domainName])).toEqual([
      ["page", "darkroom-dev-site-bucket.s3.eu-west-1.amazonaws.com"],
      ["api", host],
      ["hooks", host],
    ]);
  });

  it("proves itself to the API by a text that the API reads from Secrets Manager, and to nobody else", () => {
    const [, api, hooks] = distribution(graph, "site").origins;
    const text = String(inputsOf(graph, "door-value")["secretString"]);
    expect(text).toMatch(/^\w{64}$/);
    expect(api!.customHeaders).toEqual([{ name: "x-darkroom-door", value: text }]);
    expect(hooks).not.toHaveProperty("customHeaders");
    expect(variables(graph, "api-fn")["DOOR_SECRET"]).toBe(
      `${named(graph, "door-secret").outputs["arn"]}|${named(graph, "door-value").outputs["versionId"]}`,
    );
    const others = graph.resources.filter(({ name }) => !["door-value", "site-distribution"].includes(name));
    expect(JSON.stringify([others, graph.outputs])).not.toContain(text);
  });

  it("tells the API who the viewer is, and of the rest only what the API reads", () => {
    const [, api] = behaviours(distribution(graph, "site"));
    expect(byId(graph, api!.originRequestPolicyId!)).toMatchObject({
      name: "site-forwarded",
      inputs: {
        headersConfig: {
          headerBehavior: "whitelist",
          headers: { items: ["Accept", "CloudFront-Viewer-Address", "Content-Type", "Origin"] },
        },
        cookiesConfig: { cookieBehavior: "all" },
        queryStringsConfig: { queryStringBehavior: "all" },
      },
    });
  });

  it("keeps nothing of an answer of the API in its caches", () => {
    const [, ...calls] = behaviours(distribution(graph, "site"));
    // Managed-CachingDisabled
    expect(calls.map(({ cachePolicyId }) => cachePolicyId)).toEqual(
      Array(2).fill("4135ea2d-6df8-44a3-9df3-4b5a84be39ad"),
    );
  });

  it("has the files that build.ts made: those with a hash in their name for ever, the others asked after", () => {
    const files = page.map((file) => named(graph, `site-file-${file}`));
    expect(files.map(({ inputs }) => [inputs["key"], inputs["contentType"], inputs["cacheControl"]])).toEqual([
      ["app-7ZAQXOPY.js", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"],
      ["icons/192.png", "image/png", "no-cache"],
      ["index.html", "text/html; charset=utf-8", "no-cache"],
      ["manifest.webmanifest", "application/manifest+json", "no-cache"],
      ["style-CDF7YX7A.css", "text/css; charset=utf-8", "public, max-age=31536000, immutable"],
      ["sw.js", "text/javascript; charset=utf-8", "no-cache"],
    ]);
    for (const { inputs } of files)
      expect(inputs).toMatchObject({
        bucket: "darkroom-dev-site-bucket",
        source: { path: expect.stringMatching(`/web/${inputs["key"]}$`) },
      });
    const index = named(graph, "site-file-index.html").dependencies.map((urn) => urn.split("::").at(-1));
    expect(index).toEqual(expect.arrayContaining(["site-file-app-7ZAQXOPY.js", "site-file-style-CDF7YX7A.css"]));
  });
});

describe("what browsers are told", () => {
  const policyOf = (of: Graph, name: string) =>
    (named(of, name).inputs["securityHeadersConfig"] as Record<string, Record<string, string>>)[
      "contentSecurityPolicy"
    ]!;

  it("the page may run and load its own alone, see the published pictures, and send to the incoming bucket", () => {
    const sources = Object.fromEntries(
      policyOf(graph, "site-headers")
        ["contentSecurityPolicy"]!.split("; ")
        .map((part) => [part.split(" ")[0], part.split(" ").slice(1).join(" ")]),
    );
    expect(sources).toEqual({
      "default-src": "'none'",
      "script-src": "'self'",
      "style-src": "'self'",
      "img-src": `'self' data: blob: ${graph.outputs["publishedUrl"]}`,
      "connect-src": "'self' https://darkroom-dev-incoming-bucket.s3.eu-west-1.amazonaws.com",
      "manifest-src": "'self'",
      "worker-src": "'self'",
      "form-action": "'none'",
      "base-uri": "'none'",
      "frame-ancestors": "'none'",
    });
  });

  it("names the pictures' origin alone where they lie below a path", async () => {
    const local = await stackGraph("dev", {
      "darkroom:siteUrl": "http://127.0.0.1:4000",
      "darkroom:publishedUrl": "http://127.0.0.1:4000/published",
    });
    expect(policyOf(local, "site-headers")["contentSecurityPolicy"]).toContain("blob: http://127.0.0.1:4000; ");
    expect(variables(local, "api-fn")["SITE_URL"]).toBe("http://127.0.0.1:4000");
  });

  it("an answer of the API keeps the stricter policy that it came with", () => {
    const calls = behaviours(distribution(graph, "site")).slice(1);
    for (const { responseHeadersPolicyId } of calls)
      expect(byId(graph, responseHeadersPolicyId)?.name).toBe("site-calls-headers");
    expect(policyOf(graph, "site-calls-headers")).toMatchObject({ override: false });
    expect(policyOf(graph, "site-headers")).toMatchObject({ override: true });
  });
});

describe("the door", () => {
  it("leads /api to the API, and /hooks/<source> to the source's own function", () => {
    const routes = ofType(withSource, "aws:apigatewayv2/route:Route").map(({ inputs }) => {
      const integration = byId(withSource, String(inputs["target"]).replace("integrations/", ""))!;
      return [inputs["routeKey"], String(integration.inputs["integrationUri"]).split(":").at(-1)];
    });
    expect(Object.fromEntries(routes)).toEqual({
      "ANY /api/{proxy+}": "darkroom-dev-api-fn",
      "ANY /hooks/campaigns": "darkroom-dev-pull-campaigns-fn",
      "GET /health": "darkroom-dev-api-fn",
    });
    for (const { inputs } of ofType(withSource, "aws:apigatewayv2/integration:Integration"))
      expect(inputs).toMatchObject({ integrationType: "AWS_PROXY", payloadFormatVersion: "2.0" });
  });

  it("lets API Gateway call each function by its own path alone", () => {
    const api = named(withSource, "door-api").outputs["executionArn"];
    const allowed = ofType(withSource, "aws:lambda/permission:Permission").map(({ inputs }) => inputs);
    const call = (name: string, path: string, method = "*") => ({
      action: "lambda:InvokeFunction",
      function: `darkroom-dev-${name}-fn`,
      principal: "apigateway.amazonaws.com",
      sourceArn: `${api}/*/${method}${path}`,
      sourceAccount: "000000000000",
    });
    expect(allowed).toHaveLength(3);
    expect(allowed).toEqual(
      expect.arrayContaining([
        call("api", "/api/{proxy+}"),
        call("api", "/health", "GET"),
        call("pull-campaigns", "/hooks/campaigns"),
      ]),
    );
  });

  it("has a secret that stays what it was at the first deployment", async () => {
    const ignored: unknown[] = [];
    const watched = async () => {
      pulumi.runtime.registerStackTransformation(({ name, opts }) => {
        if (name === "door-value") ignored.push((opts as pulumi.CustomResourceOptions).ignoreChanges);
        return undefined;
      });
      return program();
    };
    await capture({ stack: "dev", config: { "aws:region": "eu-west-1" }, program: watched });
    expect(ignored).toEqual([["secretString"]]);
  });
});
