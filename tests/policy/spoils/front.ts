import { add, all, type Spoil, set, without } from "../spoil.ts";

type Props = Readonly<Record<string, unknown>>;
const behaviour = (change: object) => (inputs: Props) => ({
  orderedCacheBehaviors: (inputs["orderedCacheBehaviors"] as object[]).map((one) => ({ ...one, ...change })),
});
const origins = (change: object) => (inputs: Props) => ({
  origins: (inputs["origins"] as object[]).map((origin) => ({ ...origin, ...change })),
});
const headers = (change: object) => (inputs: Props) => ({
  securityHeadersConfig: { ...(inputs["securityHeadersConfig"] as object), ...change },
});
const rules = (without: string) => (inputs: Props) => ({
  rules: (inputs["rules"] as { statement: object }[]).filter(({ statement }) => !(without in statement)),
});
const restStage = add("aws:apigateway/stage:Stage", "rest-stage", {
  arn: "arn:aws:apigateway:eu-west-1::/restapis/r/stages/live",
  restApi: "r",
  stageName: "live",
  cacheClusterEnabled: true,
});
const method = add("aws:apigateway/method:Method", "rest-method", { httpMethod: "GET", authorization: "NONE" });

export const frontSpoils: readonly Spoil[] = [
  {
    rule: "viewers-https",
    what: "plain HTTP",
    spoil: set("site-distribution", behaviour({ viewerProtocolPolicy: "allow-all" })),
    says: /\/api\/\* of site-distribution to be HTTPS alone, received allow-all/,
  },
  {
    rule: "own-certificate",
    what: "TLS 1.0",
    spoil: all(
      set("site-distribution", { viewerCertificate: { acmCertificateArn: "arn:c", minimumProtocolVersion: "TLSv1" } }),
      (resources) =>
        resources.map((one) => (one.name === "site-distribution" ? { ...one, name: "page", urn: `${one.urn}x` } : one)),
    ),
    says: /sni-only for page, received undefined/,
  },
  {
    rule: "origins-https",
    what: "old TLS behind it",
    spoil: set(
      "site-distribution",
      origins({ customOriginConfig: { originProtocolPolicy: "match-viewer", originSslProtocols: ["TLSv1.1"] } }),
    ),
    says: /https-only to origin page of site-distribution, received match-viewer/,
  },
  {
    rule: "distribution-access-logs",
    what: "a distribution without logs and without a reason",
    spoil: add("aws:cloudfront/distribution:Distribution", "shop", { origins: [] }),
    says: /shop to write access logs/,
  },
  {
    rule: "distribution-firewall",
    what: "none",
    spoil: set("cdn-distribution", { webAclId: undefined }),
    says: /cdn-distribution to stand behind a WebAcl/,
  },
  {
    rule: "distribution-firewall",
    what: "no rate rule",
    spoil: set("firewall-acl", rules("rateBasedStatement")),
    says: /firewall-acl, before .*, to have a rule with a rateBasedStatement/,
  },
  {
    rule: "distribution-firewall",
    what: "none of AWS's lists",
    spoil: set("firewall-acl", rules("managedRuleGroupStatement")),
    says: /managedRuleGroupStatement/,
  },
  {
    rule: "distribution-origins",
    what: "a bucket of somebody else",
    spoil: set("cdn-distribution", origins({ domainName: "gone.s3.eu-west-1.amazonaws.com" })),
    says: /a bucket of this stack, received gone\.s3/,
  },
  {
    rule: "distribution-origins",
    what: "no root object",
    spoil: set("site-distribution", { defaultRootObject: undefined }),
    says: /site-distribution to have a defaultRootObject/,
  },
  {
    rule: "response-headers",
    what: "a behaviour without any",
    spoil: set("site-distribution", behaviour({ responseHeadersPolicyId: undefined })),
    says: /\/api\/\* of site-distribution to have a ResponseHeadersPolicy/,
  },
  ...(
    [
      ["contentTypeOptions", "nosniff"],
      ["strictTransportSecurity", "HSTS"],
      ["referrerPolicy", "a referrer policy"],
      ["contentSecurityPolicy", "a content security policy"],
    ] as const
  ).map(([header, says]) => ({
    rule: "response-headers",
    what: `no ${header}`,
    spoil: set("cdn-headers", headers({ [header]: undefined })),
    says: new RegExp(`cdn-headers, for \\* of cdn-distribution, to send ${says}`),
  })),
  {
    rule: "response-headers",
    what: "a policy that lets others frame the page",
    spoil: set("site-headers", headers({ contentSecurityPolicy: { contentSecurityPolicy: "default-src 'none'" } })),
    says: /to send frame-ancestors/,
  },
  { rule: "rest-execution-logs", what: "a REST stage without", spoil: restStage, says: /loggingLevel for rest-stage/ },
  {
    rule: "api-access-logs",
    what: "none",
    spoil: set("door-stage", { accessLogSettings: undefined }),
    says: /door-stage to have a destination/,
  },
  {
    rule: "api-access-logs",
    what: "lines that are not JSON",
    spoil: set("door-stage", { accessLogSettings: { destinationArn: "arn:l", format: "$context.requestId" } }),
    says: /door-stage to write JSON/,
  },
  { rule: "api-firewall", what: "a REST stage without", spoil: restStage, says: /WebAclAssociation for rest-stage/ },
  {
    rule: "api-firewall",
    what: "an HTTP API that no distribution leads to",
    spoil: without("site-distribution"),
    says: /webAclId before door-api/,
  },
  {
    rule: "route-authorizer",
    what: "a route that nobody gave a reason for",
    spoil: add("aws:apigatewayv2/route:Route", "side-route", { routeKey: "ANY /side" }),
    says: /authorizer for side-route \(ANY \/side\)/,
  },
  { rule: "route-authorizer", what: "an open method", spoil: method, says: /rest-method \(GET\)/ },
  {
    rule: "request-validation",
    what: "a method without",
    spoil: method,
    says: /requests to rest-method to be checked/,
  },
  {
    rule: "api-throttling",
    what: "no burst stated",
    spoil: set("door-stage", { defaultRouteSettings: { throttlingRateLimit: 100 } }),
    says: /throttlingBurstLimit for door-stage/,
  },
  { rule: "rest-tracing", what: "a REST stage without", spoil: restStage, says: /xrayTracingEnabled of rest-stage/ },
  {
    rule: "rest-cache-and-back-ends",
    what: "a cache in plain text",
    spoil: restStage,
    says: /cache of rest-stage to be encrypted/,
  },
  {
    rule: "rest-cache-and-back-ends",
    what: "an HTTP back end that cannot tell who calls",
    spoil: all(restStage, add("aws:apigateway/integration:Integration", "back", { restApi: "r", type: "HTTP_PROXY" })),
    says: /client certificate/,
  },
  {
    rule: "firewall-rules",
    what: "no rules",
    spoil: set("firewall-acl", { rules: [] }),
    says: /firewall-acl to have rules/,
  },
  {
    rule: "firewall-rules",
    what: "not measured",
    spoil: set("firewall-acl", { visibilityConfig: { cloudwatchMetricsEnabled: false } }),
    says: /itself of firewall-acl to be measured/,
  },
  {
    rule: "certificate-renewed",
    what: "proved by mail",
    spoil: set("domain-certificate", { validationMethod: "EMAIL" }),
    says: /proved by DNS, received EMAIL/,
  },
  {
    rule: "certificate-renewed",
    what: "a short key",
    spoil: set("domain-certificate", { keyAlgorithm: "RSA_1024" }),
    says: /2048 bits or more/,
  },
  { rule: "account-preconditions", what: "nothing said", spoil: (resources) => [...resources], says: /CloudTrail/ },
];
