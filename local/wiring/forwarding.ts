import { madeHeaders } from "../aws/cloudfront/origin-request.ts";
import type { Choice, Forwards } from "../aws/cloudfront/types.ts";
import type { Graph } from "../graph.ts";
import { find } from "../lookup.ts";

/** What a cache policy sends to the origin, because it tells objects apart by it. */
export function cachePolicyOf(graph: Graph, id: string | undefined, whoAsks: string): Forwards {
  const policy = find(graph, "aws:cloudfront/cachePolicy:CachePolicy", id);
  const parameters = policy?.inputs["parametersInCacheKeyAndForwardedToOrigin"] as PolicyInput | undefined;
  return parameters ? forwardsOf(parameters, whoAsks) : managed(cachePolicies, id, whoAsks);
}

/** What an origin request policy sends to the origin beyond that. */
export function originRequestPolicyOf(graph: Graph, id: string, whoAsks: string): Forwards {
  const policy = find(graph, "aws:cloudfront/originRequestPolicy:OriginRequestPolicy", id);
  return policy
    ? forwardsOf(policy.inputs as unknown as PolicyInput, whoAsks)
    : managed(originRequestPolicies, id, whoAsks);
}

interface Items {
  readonly items?: readonly string[];
}
interface PolicyInput {
  readonly headersConfig: { readonly headerBehavior: string; readonly headers?: Items };
  readonly cookiesConfig: { readonly cookieBehavior: string; readonly cookies?: Items };
  readonly queryStringsConfig: { readonly queryStringBehavior: string; readonly queryStrings?: Items };
}

function forwardsOf({ headersConfig, cookiesConfig, queryStringsConfig }: PolicyInput, whoAsks: string): Forwards {
  const { headerBehavior } = headersConfig;
  const names = (headersConfig.headers?.items ?? []).map((name) => name.toLowerCase());
  const made = names.filter((name) => name.startsWith("cloudfront-"));
  const unknown = made.filter((name) => !madeHeaders.includes(name));
  if (unknown.length > 0) throw unsupported(whoAsks, `the header ${unknown.join(", ")}`);
  return {
    headers:
      headerBehavior === "allViewerAndWhitelistCloudFront"
        ? "all"
        : choiceOf(headerBehavior === "allViewer" ? "all" : headerBehavior, names, whoAsks),
    made,
    cookies: choiceOf(cookiesConfig.cookieBehavior, cookiesConfig.cookies?.items, whoAsks),
    query: choiceOf(queryStringsConfig.queryStringBehavior, queryStringsConfig.queryStrings?.items, whoAsks),
  };
}

function choiceOf(behaviour: string, names: readonly string[] = [], whoAsks: string): Choice {
  if (behaviour === "none" || behaviour === "all") return behaviour;
  if (behaviour === "whitelist") return { only: names };
  if (behaviour === "allExcept") return { allBut: names };
  throw unsupported(whoAsks, `the behaviour ${behaviour}`);
}

/** Policies that AWS keeps, by their ids. https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html */
const nothing: Forwards = { headers: "none", made: [], cookies: "none", query: "none" };
const everything: Forwards = { headers: "all", made: [], cookies: "all", query: "all" };
const cachePolicies: Readonly<Record<string, Forwards>> = {
  // CachingDisabled, CachingOptimized
  "4135ea2d-6df8-44a3-9df3-4b5a84be39ad": nothing,
  "658327ea-f89d-4fab-a63d-7e88639e58f6": nothing,
};
const originRequestPolicies: Readonly<Record<string, Forwards>> = {
  // AllViewer, AllViewerExceptHostHeader
  "216adef6-5c7f-47e4-b989-5492eafa07d3": everything,
  "b689b0a8-53d0-40ab-baf2-68738e2966ac": { ...everything, headers: { allBut: ["host"] } },
};

function managed(known: Readonly<Record<string, Forwards>>, id: string | undefined, whoAsks: string): Forwards {
  const found = known[id ?? ""];
  if (found !== undefined) return found;
  throw unsupported(whoAsks, `the policy ${id}, which is neither the graph's nor a known one of AWS`);
}

const unsupported = (whoAsks: string, received: string) =>
  new Error(
    `DISTRIBUTION_UNSUPPORTED: expected a forwarding policy of distribution ${whoAsks} that this host knows, received ${received}. Change it, or teach local/wiring/forwarding.ts about it.`,
  );
