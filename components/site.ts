import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Bucket } from "./bucket.ts";
import { bucketAccess, type Front, frontOf, strictHeaders, urlOf } from "./distribution.ts";
import { pointTo } from "./domain.ts";
import type { Door } from "./door.ts";
import type { PageFile } from "./page-files.ts";

export interface SiteArgs extends Omit<Front, "comment"> {
  /** Its index.html is the page. */
  files: readonly PageFile[];
  /** Leads to the functions. */
  door: Door;
  /** Host name that leads to the door of the nearest Region that is well. @default the door's own */
  api?: string;
  /** Address under which the published pictures are seen: the page shows them. */
  imagesUrl: pulumi.Input<string>;
  /** Buckets that the page uploads to: that of the Region whose API answered. */
  uploads: readonly Bucket[];
  /** Address of the page. @default the host's, or the distribution's own */
  url?: string;
}

/** The page, from a private bucket, and behind the same host name the API and the addresses for webhooks. */
export class Site extends pulumi.ComponentResource {
  /** Without a slash at the end. */
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: SiteArgs, opts?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:Site", name, {}, opts);
    const child = { parent: this };
    const { files, door, api, imagesUrl, uploads, host, webAclArn, url } = args;
    // The bucket's policy names the distribution, and the distribution the bucket: the name comes later.
    const [readBy, setReader] = pulumi.deferredOutput<string>();
    // Everything in it can be built again.
    const bucket = new Bucket(name, { protect: false, readBy }, child);
    putFiles(name, files, bucket, child);

    const access = bucketAccess(name, child);
    const page = new aws.cloudfront.ResponseHeadersPolicy(`${name}-headers`, pageHeaders(imagesUrl, uploads), child);
    const calls = new aws.cloudfront.ResponseHeadersPolicy(`${name}-calls-headers`, callHeaders, child);
    const forwarded = new aws.cloudfront.OriginRequestPolicy(`${name}-forwarded`, forwardedToApi, child);
    const distribution = new aws.cloudfront.Distribution(
      `${name}-distribution`,
      {
        ...frontOf({ comment: "Darkroom: page and API", host, webAclArn }),
        defaultRootObject: "index.html",
        origins: [
          { originId: "page", domainName: bucket.domainName, originAccessControlId: access.id },
          {
            originId: "api",
            domainName: api ?? door.domainName,
            customOriginConfig: overTls,
            customHeaders: [{ name: "x-darkroom-door", value: door.secret.value }],
          },
          // Who answers webhooks has no need of the text that opens the API; the sources are looked after at home.
          { originId: "hooks", domainName: door.domainName, customOriginConfig: overTls },
        ],
        defaultCacheBehavior: {
          targetOriginId: "page",
          viewerProtocolPolicy: "redirect-to-https",
          allowedMethods: ["GET", "HEAD"],
          cachedMethods: ["GET", "HEAD"],
          compress: true,
          cachePolicyId: managed.cachingOptimized,
          responseHeadersPolicyId: page.id,
        },
        orderedCacheBehaviors: [
          { ...call("/api/*", "api"), responseHeadersPolicyId: calls.id, originRequestPolicyId: forwarded.id },
          {
            ...call("/hooks/*", "hooks"),
            responseHeadersPolicyId: calls.id,
            // Services sign what they send in headers of their own.
            originRequestPolicyId: managed.allViewerExceptHostHeader,
          },
        ],
      },
      child,
    );
    setReader(distribution.arn);
    if (host !== undefined) pointTo(distribution, host, name, child);
    this.url = urlOf(distribution, host, url);
    this.registerOutputs({ url: this.url });
  }
}

/** What keeps its name is put there last: it names the others. */
function putFiles(name: string, files: readonly PageFile[], bucket: Bucket, opts: pulumi.CustomResourceOptions): void {
  const put = ({ key, contentType, cacheControl, source }: PageFile, dependsOn: aws.s3.BucketObjectv2[]) =>
    new aws.s3.BucketObjectv2(
      `${name}-file-${key}`,
      { bucket: bucket.name, key, source, contentType, cacheControl },
      { ...opts, dependsOn },
    );
  const named = files.filter(({ hashed }) => hashed).map((file) => put(file, []));
  for (const file of files) if (!file.hashed) put(file, named);
}

const overTls: aws.types.input.cloudfront.DistributionOriginCustomOriginConfig = {
  httpPort: 80,
  httpsPort: 443,
  originProtocolPolicy: "https-only",
  originSslProtocols: ["TLSv1.2"],
};

/** Policies that AWS keeps, by their ids: the same in every account.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html */
const managed = {
  cachingOptimized: "658327ea-f89d-4fab-a63d-7e88639e58f6",
  cachingDisabled: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
  allViewerExceptHostHeader: "b689b0a8-53d0-40ab-baf2-68738e2966ac",
};

const call = (pathPattern: string, targetOriginId: string) => ({
  pathPattern,
  targetOriginId,
  viewerProtocolPolicy: "https-only",
  allowedMethods: ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"],
  cachedMethods: ["GET", "HEAD"],
  cachePolicyId: managed.cachingDisabled,
});

/** All that the API reads of a request; what a browser sends beyond it stays outside. */
const forwardedToApi: aws.cloudfront.OriginRequestPolicyArgs = {
  headersConfig: {
    headerBehavior: "whitelist",
    headers: { items: ["Accept", "CloudFront-Viewer-Address", "Content-Type", "Origin"] },
  },
  cookiesConfig: { cookieBehavior: "all" },
  queryStringsConfig: { queryStringBehavior: "all" },
};

/** The API says more strictly itself what its answers may do. */
const callHeaders: aws.cloudfront.ResponseHeadersPolicyArgs = {
  securityHeadersConfig: strictHeaders("default-src 'none'; frame-ancestors 'none'; sandbox", { override: false }),
};

function pageHeaders(
  imagesUrl: pulumi.Input<string>,
  uploads: readonly Bucket[],
): aws.cloudfront.ResponseHeadersPolicyArgs {
  const images = pulumi.output(imagesUrl).apply((address) => new URL(address).origin);
  const buckets = pulumi.all(uploads.map(({ domainName }) => domainName));
  const targets = buckets.apply((names) => names.map((name) => `https://${name}`).join(" "));
  const policy = pulumi.interpolate`default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob: ${images}; connect-src 'self' ${targets}; manifest-src 'self'; worker-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'`;
  const override = true;
  return {
    securityHeadersConfig: strictHeaders(policy),
    customHeadersConfig: {
      items: [
        { override, header: "Permissions-Policy", value: "camera=(self), geolocation=(), microphone=(), payment=()" },
        { override, header: "Cross-Origin-Opener-Policy", value: "same-origin" },
        { override, header: "Cross-Origin-Resource-Policy", value: "same-origin" },
      ],
    },
  };
}
