import { beforeAll, describe, expect, it } from "vitest";
import type { Graph } from "../../local/graph.ts";
import { functions, inputsOf, named, ofType, stackGraph } from "./stacks.ts";

/** Controls of AWS's own catalogues (Security Hub, cdk-nag) that the front of a production stack has to hold. */

let prod: Graph;
beforeAll(async () => {
  prod = await stackGraph(
    "prod",
    {
      "darkroom:domain": "pictures.example.com",
      "darkroom:sources": [{ name: "campaigns", kind: "dropbox" }],
      "darkroom:sourceSecrets": { campaigns: "{}" },
    },
    ["darkroom:sourceSecrets"],
  );
});

const all = (type: string) => ofType(prod, type).map(({ inputs }) => inputs as Record<string, never>);
const distributions = () => all("aws:cloudfront/distribution:Distribution") as unknown as Distribution[];
const behaviours = () =>
  distributions().flatMap(({ defaultCacheBehavior, orderedCacheBehaviors = [] }) => [
    defaultCacheBehavior,
    ...orderedCacheBehaviors,
  ]);
interface Distribution {
  readonly origins: readonly {
    readonly originAccessControlId?: string;
    readonly customOriginConfig?: Readonly<Record<string, unknown>>;
  }[];
  readonly defaultCacheBehavior: Behaviour;
  readonly orderedCacheBehaviors?: readonly Behaviour[];
  readonly viewerCertificate: unknown;
  readonly webAclId: string;
}
interface Behaviour {
  readonly viewerProtocolPolicy: string;
  readonly responseHeadersPolicyId: string;
}

describe("functions that strangers can call", () => {
  it("have a limit of their own (Lambda concurrency)", () => {
    const called = all("aws:lambda/permission:Permission").map((permission) => permission["function"]);
    const open = functions(prod).filter(({ outputs }) => called.includes(outputs["name"] as never));
    expect(open.map(({ name }) => name).sort()).toEqual(["api-fn", "pull-campaigns-fn"]);
    for (const { inputs, name } of open) expect(inputs["reservedConcurrentExecutions"], name).toBeGreaterThan(0);
  });

  it("are never open by an address without AWS_IAM (function URLs), nor to every principal (Lambda.1)", () => {
    for (const url of all("aws:lambda/functionUrl:FunctionUrl")) expect(url["authorizationType"]).toBe("AWS_IAM");
    for (const { principal, sourceArn, sourceAccount } of all("aws:lambda/permission:Permission"))
      expect({ principal, sourceArn, sourceAccount }).toEqual({
        principal: "apigateway.amazonaws.com",
        sourceArn: expect.stringMatching(/^arn:aws:execute-api:.*[^*]$/),
        sourceAccount: "000000000000",
      });
  });
});

describe("distributions", () => {
  it("speak HTTPS alone (CloudFront.3), from TLS 1.2 of 2021 on, by SNI (CloudFront.7, .8, .15)", () => {
    expect(distributions()).toHaveLength(2);
    for (const { viewerProtocolPolicy } of behaviours())
      expect(["redirect-to-https", "https-only"]).toContain(viewerProtocolPolicy);
    for (const { viewerCertificate } of distributions())
      expect(viewerCertificate).toMatchObject({ sslSupportMethod: "sni-only", minimumProtocolVersion: "TLSv1.2_2021" });
  });

  it("speak TLS 1.2 with what is behind them (CloudFront.9, .10), and sign what they read (CloudFront.13)", () => {
    for (const { originAccessControlId, customOriginConfig } of distributions().flatMap(({ origins }) => origins))
      if (customOriginConfig === undefined) expect(originAccessControlId).toMatch(/./);
      else
        expect(customOriginConfig).toMatchObject({
          originProtocolPolicy: "https-only",
          originSslProtocols: ["TLSv1.2"],
        });
  });

  it("read from buckets and an API of this stack alone (CloudFront.12), the page from its root (CloudFront.1)", () => {
    const hosts = [
      ...ofType(prod, "aws:s3/bucket:Bucket").map(({ outputs }) => outputs["bucketRegionalDomainName"]),
      new URL(String(named(prod, "door-api").outputs["apiEndpoint"])).host,
    ];
    for (const { domainName } of distributions().flatMap(
      ({ origins }) => origins as unknown as { domainName: string }[],
    ))
      expect(hosts).toContain(domainName);
    expect(inputsOf(prod, "site-distribution")["defaultRootObject"]).toBe("index.html");
  });

  it("tell browsers to be strict, whatever they show: policy, type, frames, HTTPS, referrer", () => {
    for (const { responseHeadersPolicyId } of behaviours()) {
      const policy = prod.resources.find(({ outputs }) => outputs["id"] === responseHeadersPolicyId)!;
      expect(policy.inputs["securityHeadersConfig"], policy.name).toMatchObject({
        contentSecurityPolicy: {
          contentSecurityPolicy: expect.stringMatching(/default-src 'none'.*frame-ancestors 'none'/),
        },
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: "DENY" },
        strictTransportSecurity: { accessControlMaxAgeSec: 31_536_000 },
        referrerPolicy: { referrerPolicy: "no-referrer" },
      });
      expect(JSON.stringify(policy.inputs)).not.toMatch(/unsafe|\*/);
    }
  });
});

describe("the firewall", () => {
  interface Rule {
    readonly name: string;
    readonly priority: number;
    readonly action?: object;
    readonly overrideAction?: object;
    readonly statement: {
      readonly rateBasedStatement?: { readonly limit: number; readonly scopeDownStatement?: unknown };
      readonly managedRuleGroupStatement?: {
        readonly vendorName: string;
        readonly ruleActionOverrides: readonly { readonly name: string }[];
      };
    };
    readonly visibilityConfig: object;
  }
  const acl = () => inputsOf(prod, "firewall-acl");
  const rules = () => acl()["rules"] as unknown as readonly Rule[];

  it("stands before both distributions (CloudFront.6), where CloudFront looks for it", () => {
    expect(acl()).toMatchObject({ scope: "CLOUDFRONT", region: "us-east-1", defaultAction: { allow: {} } });
    const { arn } = named(prod, "firewall-acl").outputs;
    for (const { webAclId } of distributions()) expect(webAclId).toBe(arn);
  });

  it("limits what one address may ask: signing in most, then the API, then everything", () => {
    const rates = rules().flatMap(({ name, statement, action }) =>
      statement.rateBasedStatement ? [{ name, action, ...statement.rateBasedStatement }] : [],
    );
    expect(rates.map(({ name, limit }) => [name, limit])).toEqual([
      ["signing-in", 100],
      ["calling", 5000],
      ["looking", 20_000],
    ]);
    for (const { action } of rates) expect(action).toMatchObject({ block: {} });
    const paths = (scope: unknown) =>
      [...JSON.stringify(scope).matchAll(/"searchString":"([^"]+)"/g)].map(([, path]) => path);
    expect(rates.map(({ scopeDownStatement }) => paths(scopeDownStatement ?? {}))).toEqual([
      ["/api/sign-in", "/api/sessions"],
      ["/api/", "/hooks/"],
      [],
    ]);
  });

  it("follows AWS's lists, but counts only what our own limits look after", () => {
    const lists = rules().flatMap(({ name, overrideAction, statement: { managedRuleGroupStatement: list } }) =>
      list ? [[name, overrideAction, list.ruleActionOverrides.map((rule) => rule.name)]] : [],
    );
    expect(lists).toEqual([
      ["AWSManagedRulesAmazonIpReputationList", { none: {} }, []],
      ["AWSManagedRulesKnownBadInputsRuleSet", { none: {} }, []],
      [
        "AWSManagedRulesCommonRuleSet",
        { none: {} },
        ["SizeRestrictions_BODY", "SizeRestrictions_QUERYSTRING", "CrossSiteScripting_BODY", "NoUserAgent_HEADER"],
      ],
    ]);
  });

  it("is measured as a whole and by rule (WAF.12), each rule in a place of its own", () => {
    for (const { visibilityConfig } of [acl() as unknown as Rule, ...rules()])
      expect(visibilityConfig).toMatchObject({ cloudwatchMetricsEnabled: true });
    expect(rules().map(({ priority }) => priority)).toEqual(rules().map((_, index) => index));
  });
});

describe("the HTTP API", () => {
  const stage = () => inputsOf(prod, "door-stage");

  it("writes down each request as JSON (APIGateway.9), in a group that ends, without what a query string may hide", () => {
    const { destinationArn, format } = stage()["accessLogSettings"] as unknown as Record<string, string>;
    expect(destinationArn).toBe(named(prod, "door-logs").outputs["arn"]);
    expect(inputsOf(prod, "door-logs")).toEqual({
      name: "/aws/vendedlogs/darkroom-prod-door",
      retentionInDays: 365,
    });
    const fields: Record<string, string> = JSON.parse(format!);
    expect(Object.values(fields)).toEqual(
      expect.arrayContaining([
        "$context.requestId",
        "$context.routeKey",
        "$context.status",
        "$context.identity.sourceIp",
      ]),
    );
    expect(format).not.toMatch(/querystring|authorizer|header/i);
  });

  it("is throttled by rate and burst", () => {
    expect(stage()["defaultRouteSettings"]).toEqual({ throttlingRateLimit: 100, throttlingBurstLimit: 200 });
  });

  it("has no route but those whose function looks at every request itself (APIGateway.8)", () => {
    expect(
      all("aws:apigatewayv2/route:Route")
        .map(({ routeKey }) => routeKey)
        .sort(),
    ).toEqual(["ANY /api/{proxy+}", "ANY /hooks/campaigns", "GET /health"]);
    expect(inputsOf(prod, "door-api")).not.toHaveProperty("corsConfiguration");
  });
});

describe("secrets and certificates", () => {
  it("secrets lie in Secrets Manager for 30 days after their deletion, and in no function's environment", () => {
    for (const secret of all("aws:secretsmanager/secret:Secret")) expect(secret["recoveryWindowInDays"]).toBe(30);
    const values = all("aws:secretsmanager/secretVersion:SecretVersion").map((version) =>
      String(version["secretString"]),
    );
    expect(values).toHaveLength(2);
    for (const { inputs } of functions(prod))
      for (const variable of Object.values((inputs["environment"] as { variables: Record<string, string> }).variables))
        expect(values).not.toContain(variable);
  });

  it("the certificate is proved by DNS, so that AWS renews it (ACM.1)", () => {
    expect(inputsOf(prod, "domain-certificate")).toMatchObject({ validationMethod: "DNS" });
    expect(ofType(prod, "aws:acm/certificateValidation:CertificateValidation")).toHaveLength(1);
  });
});
