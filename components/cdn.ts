import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Bucket } from "./bucket.ts";
import { bucketAccess, type Front, frontOf, strictHeaders, urlOf, year } from "./distribution.ts";
import { pointTo } from "./domain.ts";

export interface CdnArgs extends Omit<Front, "comment"> {
  /** Bucket of published pictures; its policy lets this distribution read. */
  origin: Bucket;
  /** The same in another Region, asked where the first has not got a picture or does not answer. @default none */
  fallback?: Bucket;
  /** Address under which people see the pictures. @default the host's, or the distribution's own */
  url?: string;
  /** Web pages that may read the pixels by script. @default none */
  origins?: readonly string[];
}

/** The CloudFront distribution that shows the published pictures, and nothing else, to the world. */
export class Cdn extends pulumi.ComponentResource {
  readonly distributionArn: pulumi.Output<string>;
  readonly distributionId: pulumi.Output<string>;
  /** Without a slash at the end. */
  readonly url: pulumi.Output<string>;

  constructor(
    name: string,
    { origin, fallback, url, host, webAclArn, origins = [] }: CdnArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("darkroom:index:Cdn", name, {}, opts);
    const child = { parent: this };
    const access = bucketAccess(name, child);
    const cache = new aws.cloudfront.CachePolicy(`${name}-cache`, cachePolicy, child);
    const headers = new aws.cloudfront.ResponseHeadersPolicy(`${name}-headers`, headersPolicy(origins), child);
    const distribution = new aws.cloudfront.Distribution(
      `${name}-distribution`,
      {
        ...frontOf({ comment: "Darkroom: published pictures", host, webAclArn }),
        ...(fallback ? oneOf(origin, fallback, access.id) : { origins: [from("published", origin, access.id)] }),
        defaultCacheBehavior: {
          targetOriginId: fallback ? "either" : "published",
          viewerProtocolPolicy: "redirect-to-https",
          allowedMethods: ["GET", "HEAD", "OPTIONS"],
          cachedMethods: ["GET", "HEAD"],
          // Pictures are compressed already.
          compress: false,
          cachePolicyId: cache.id,
          responseHeadersPolicyId: headers.id,
        },
      },
      child,
    );
    if (host !== undefined) pointTo(distribution, host, name, child);
    this.distributionArn = distribution.arn;
    this.distributionId = distribution.id;
    this.url = urlOf(distribution, host, url);
    this.registerOutputs({ distributionArn: this.distributionArn, url: this.url });
  }
}

const from = (originId: string, { domainName }: Bucket, originAccessControlId: pulumi.Input<string>) => ({
  originId,
  domainName,
  originAccessControlId,
});

/** Two buckets that hold the same, but for what is still on its way from one to the other. */
const oneOf = (first: Bucket, second: Bucket, accessId: pulumi.Input<string>) => ({
  origins: [from("published", first, accessId), from("published-elsewhere", second, accessId)],
  originGroups: [
    {
      originId: "either",
      // To whoever may not list, S3 says "forbidden" of what is not there.
      failoverCriteria: { statusCodes: [403, 404, 500, 502, 503, 504] },
      members: [{ originId: "published" }, { originId: "published-elsewhere" }],
    },
  ],
});

/** A key names its content, so an object never changes under it: the path alone is the cache's key. */
const cachePolicy: aws.cloudfront.CachePolicyArgs = {
  minTtl: 1,
  defaultTtl: year,
  maxTtl: year,
  parametersInCacheKeyAndForwardedToOrigin: {
    cookiesConfig: { cookieBehavior: "none" },
    headersConfig: { headerBehavior: "none" },
    queryStringsConfig: { queryStringBehavior: "none" },
  },
};

function headersPolicy(origins: readonly string[]): aws.cloudfront.ResponseHeadersPolicyArgs {
  const override = true;
  return {
    securityHeadersConfig: strictHeaders("default-src 'none'; frame-ancestors 'none'; sandbox"),
    // Pictures are made to be shown on other sites; only reading their pixels by script needs an origin named.
    customHeadersConfig: { items: [{ override, header: "Cross-Origin-Resource-Policy", value: "cross-origin" }] },
    corsConfig:
      origins.length === 0
        ? undefined
        : {
            originOverride: override,
            accessControlAllowCredentials: false,
            accessControlAllowOrigins: { items: [...origins] },
            accessControlAllowMethods: { items: ["GET", "HEAD"] },
            accessControlAllowHeaders: { items: ["Range"] },
          },
  };
}
