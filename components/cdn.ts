import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Bucket } from "./bucket.ts";
import { bucketAccess, type Front, frontOf, strictHeaders, urlOf, year } from "./distribution.ts";
import { pointTo } from "./domain.ts";

export interface CdnArgs extends Omit<Front, "comment"> {
  /** Bucket of published pictures; its policy lets this distribution read. */
  origin: Bucket;
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
    { origin, url, host, webAclArn, origins = [] }: CdnArgs,
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
        origins: [{ originId: "published", domainName: origin.domainName, originAccessControlId: access.id }],
        defaultCacheBehavior: {
          targetOriginId: "published",
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
