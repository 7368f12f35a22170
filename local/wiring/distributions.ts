import { accountId } from "../answers.ts";
import { fromBucket } from "../aws/cloudfront/bucket-origin.ts";
import { createDistribution } from "../aws/cloudfront/distribution.ts";
import type { Behaviour, Origin, ResponseHeaders } from "../aws/cloudfront/types.ts";
import type { HttpApi } from "../aws/http-api/http-api.ts";
import type { S3 } from "../aws/s3/s3.ts";
import type { Graph, Resource } from "../graph.ts";
import type { PlainAnswer } from "../http.ts";
import { need, ofType, text } from "../lookup.ts";
import type { Route } from "../router.ts";
import { cachePolicyOf, originRequestPolicyOf } from "./forwarding.ts";

export interface DistributionsDeps {
  readonly s3: Pick<S3, "read">;
  /** By their host names. */
  readonly apis: ReadonlyMap<string, HttpApi>;
  /** Whether nobody gets through to a Region. */
  readonly isAway: (region: string) => boolean;
  /** Paths of the host that the distributions stand under. */
  readonly sitePath: string;
  readonly publishedPath: string;
}

/**
 * The graph's distributions: the page's, which is the one over the bucket that the graph itself puts
 * files into, and the pictures'.
 * @throws Error `DISTRIBUTION_UNSUPPORTED` for what this host does not do
 */
export function distributionRoutes(
  graph: Graph,
  deps: DistributionsDeps,
): { readonly site: Route; readonly published: Route } {
  const filled = new Set(ofType(graph, "aws:s3/bucketObjectv2:BucketObjectv2").map(({ inputs }) => inputs["bucket"]));
  const all = ofType(graph, "aws:cloudfront/distribution:Distribution").map((distribution) => {
    const buckets = originsIn(distribution).flatMap((origin) => bucketOf(graph, origin)?.outputs["bucket"] ?? []);
    return { distribution, isSite: buckets.some((bucket) => filled.has(bucket)) };
  });
  const only = (isSite: boolean, prefix: string) => {
    const [found, ...others] = all.filter((each) => each.isSite === isSite);
    if (found !== undefined && others.length === 0) return routeOf(graph, found.distribution, prefix, deps);
    throw new Error(
      `GRAPH_BROKEN: expected one distribution over a bucket ${isSite ? "that the graph puts files into" : "of pictures"}, but there are ${others.length + (found ? 1 : 0)}.`,
    );
  };
  return { site: only(true, deps.sitePath), published: only(false, deps.publishedPath) };
}

interface OriginInput {
  readonly originId: string;
  readonly domainName: string;
  readonly originPath?: string;
  readonly originAccessControlId?: string;
  readonly customHeaders?: readonly { readonly name: string; readonly value: string }[];
}

interface BehaviourInput {
  readonly pathPattern?: string;
  readonly targetOriginId: string;
  readonly allowedMethods: readonly string[];
  readonly cachePolicyId?: string;
  readonly originRequestPolicyId?: string;
  readonly responseHeadersPolicyId?: string;
  readonly lambdaFunctionAssociations?: readonly unknown[];
  readonly functionAssociations?: readonly unknown[];
  readonly trustedKeyGroups?: readonly unknown[];
}

function routeOf(graph: Graph, distribution: Resource, prefix: string, deps: DistributionsDeps): Route {
  const { enabled, customErrorResponses = [], defaultRootObject } = distribution.inputs;
  if (enabled !== true || [customErrorResponses].flat().length > 0)
    throw unsupported(distribution, "to be enabled, without error pages");
  const { orderedCacheBehaviors = [], defaultCacheBehavior } = distribution.inputs as {
    readonly orderedCacheBehaviors?: readonly BehaviourInput[];
    readonly defaultCacheBehavior?: BehaviourInput;
  };
  if (defaultCacheBehavior === undefined) throw unsupported(distribution, "to have a default behaviour");
  return createDistribution(
    {
      rootObject: defaultRootObject as string | undefined,
      behaviours: [...orderedCacheBehaviors, defaultCacheBehavior].map((input) =>
        behaviourOf(graph, distribution, input, deps),
      ),
    },
    prefix.replace(/\/$/, ""),
  );
}

function behaviourOf(graph: Graph, distribution: Resource, input: BehaviourInput, deps: DistributionsDeps): Behaviour {
  const { lambdaFunctionAssociations = [], functionAssociations = [], trustedKeyGroups = [] } = input;
  if (lambdaFunctionAssociations.length + functionAssociations.length + trustedKeyGroups.length > 0)
    throw unsupported(distribution, "to have no functions at the edge and no signed addresses");
  const policy = input.responseHeadersPolicyId;
  return {
    pathPattern: input.pathPattern ?? "*",
    allowedMethods: input.allowedMethods,
    ...targetOf(graph, distribution, input.targetOriginId, deps),
    forwards: [
      cachePolicyOf(graph, input.cachePolicyId, distribution.name),
      ...(input.originRequestPolicyId === undefined
        ? []
        : [originRequestPolicyOf(graph, input.originRequestPolicyId, distribution.name)]),
    ],
    responseHeaders:
      policy === undefined
        ? undefined
        : (need(graph, "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy", policy, distribution.name)
            .inputs as ResponseHeaders),
  };
}

interface OriginGroupInput {
  readonly originId: string;
  readonly failoverCriteria: { readonly statusCodes: readonly number[] };
  readonly members: readonly { readonly originId: string }[];
}

/** An origin, or a group of two. */
function targetOf(
  graph: Graph,
  distribution: Resource,
  id: string,
  deps: DistributionsDeps,
): Pick<Behaviour, "origin" | "fallback"> {
  const origin = (originId: string | undefined) => {
    const input = originsIn(distribution).find((each) => each.originId === originId);
    if (input === undefined) throw unsupported(distribution, `to have an origin ${originId}`);
    return toOrigin(graph, distribution, input, deps);
  };
  const groups = (distribution.inputs["originGroups"] ?? []) as readonly OriginGroupInput[];
  const group = groups.find(({ originId }) => originId === id);
  if (group === undefined) return { origin: origin(id) };
  const [first, second] = group.members;
  return {
    origin: origin(first?.originId),
    fallback: { origin: origin(second?.originId), statuses: group.failoverCriteria.statusCodes },
  };
}

function toOrigin(graph: Graph, distribution: Resource, input: OriginInput, deps: DistributionsDeps): Origin {
  const { s3, isAway } = deps;
  const { domainName, originPath = "", customHeaders = [] } = input;
  const shared = {
    domainName,
    path: originPath,
    headers: Object.fromEntries(customHeaders.map(({ name, value }) => [name.toLowerCase(), value])),
  };
  const apis = apisAt(graph, domainName, deps);
  if (apis.length > 0)
    return {
      ...shared,
      // Names lead to the nearest Region that answers.
      fetch: async (request) => (await apis.find(({ region }) => !isAway(region))?.api(request)) ?? unreached,
    };
  const bucket = bucketOf(graph, input);
  if (bucket === undefined)
    throw unsupported(distribution, `to have its origin ${domainName} among the graph's buckets and HTTP APIs`);
  need(
    graph,
    "aws:cloudfront/originAccessControl:OriginAccessControl",
    input.originAccessControlId,
    `origin ${input.originId} of distribution ${distribution.name}`,
  );
  const fetch = fromBucket({ s3, bucket: text(bucket, "bucket"), arn: text(distribution, "arn"), account: accountId });
  return { ...shared, fetch: async (request) => (isAway(bucket.region) ? unreached : fetch(request)) };
}

/** The APIs that a host name leads to: an API's own, or one that stands for those of several Regions. */
function apisAt(graph: Graph, host: string, { apis }: DistributionsDeps) {
  const mapped = ofType(graph, "aws:apigatewayv2/apiMapping:ApiMapping")
    .filter(({ inputs }) => inputs["domainName"] === host)
    .map(({ inputs, region }) => `${inputs["apiId"]}.execute-api.${region}.`);
  const names = [...apis.keys()].filter((name) => name === host || mapped.some((start) => name.startsWith(start)));
  return names.map((name) => ({ api: apis.get(name)!, region: /\.execute-api\.([^.]+)\./.exec(name)?.[1] ?? "" }));
}

/** What CloudFront says of an origin that does not answer. */
const unreached: PlainAnswer = { status: 504, headers: {}, body: Buffer.from("The origin does not answer.\n") };

const originsIn = ({ inputs }: Resource) => (inputs["origins"] ?? []) as readonly OriginInput[];

const bucketOf = (graph: Graph, { domainName }: OriginInput): Resource | undefined =>
  ofType(graph, "aws:s3/bucket:Bucket").find(({ outputs }) => outputs["bucketRegionalDomainName"] === domainName);

const unsupported = ({ name }: Resource, expected: string) =>
  new Error(
    `DISTRIBUTION_UNSUPPORTED: expected distribution ${name} ${expected}. Change it, or teach local/wiring/distributions.ts about it.`,
  );
