import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Host } from "./domain.ts";

/** What the page's distribution and the pictures' have in common. */

export interface Front {
  comment: string;
  /** Host name of one's own. @default CloudFront's */
  host?: Host;
  /** The firewall's. */
  webAclArn: pulumi.Input<string>;
}

/** The arguments of a distribution that have nothing to do with what it shows. */
export const frontOf = ({ comment, host, webAclArn }: Front) => ({
  enabled: true,
  comment,
  httpVersion: "http2and3",
  isIpv6Enabled: true,
  priceClass: "PriceClass_100",
  webAclId: webAclArn,
  restrictions: { geoRestriction: { restrictionType: "none" } },
  aliases: host && [host.name],
  viewerCertificate: host
    ? {
        acmCertificateArn: host.certificateArn,
        sslSupportMethod: "sni-only",
        minimumProtocolVersion: "TLSv1.2_2021",
      }
    : { cloudfrontDefaultCertificate: true },
});

/** By which CloudFront signs what it reads from a private bucket. */
export const bucketAccess = (name: string, opts: pulumi.CustomResourceOptions): aws.cloudfront.OriginAccessControl =>
  new aws.cloudfront.OriginAccessControl(
    `${name}-access`,
    { originAccessControlOriginType: "s3", signingBehavior: "always", signingProtocol: "sigv4" },
    opts,
  );

/** Address of a distribution, without a slash at the end: the one that is named, its host's, or its own. */
export const urlOf = (
  distribution: aws.cloudfront.Distribution,
  host: Host | undefined,
  named: string | undefined,
): pulumi.Output<string> =>
  named === undefined ? pulumi.interpolate`https://${host?.name ?? distribution.domainName}` : pulumi.output(named);

export const year = 365 * 24 * 3600;

/** Headers that make a browser strict. Without `override`, a policy that the origin sends itself stays. */
export const strictHeaders = (
  contentSecurityPolicy: pulumi.Input<string>,
  { override } = { override: true },
): aws.types.input.cloudfront.ResponseHeadersPolicySecurityHeadersConfig => ({
  contentTypeOptions: { override: true },
  // This host alone: below a domain there may be others that are not ours.
  strictTransportSecurity: { override: true, accessControlMaxAgeSec: year, includeSubdomains: false },
  contentSecurityPolicy: { override, contentSecurityPolicy },
  frameOptions: { override: true, frameOption: "DENY" },
  referrerPolicy: { override: true, referrerPolicy: "no-referrer" },
});
