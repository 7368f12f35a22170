import { type Report, together } from "../lib/rule.ts";
import { listOf, peek, type Seen } from "../lib/seen.ts";
import type { Stack } from "../lib/stack.ts";
import { allows, conditionOn, type Statement } from "../lib/statements.ts";

export const publishedByDistributionOnly = together(
  {
    id: 11,
    name: "published-by-distribution-only",
    level: "mandatory",
    known: "FSBP CloudFront.13; NAG S5, CFR7",
    checks: "Buckets are shown by one named distribution with origin access control, and never as a website.",
    why: "Another way in goes around the firewall, the headers and the host name.",
    mend: "give the origin an originAccessControlId, and let cloudfront.amazonaws.com read for that distribution's aws:SourceArn alone.",
  },
  ["aws:s3/bucket:Bucket", "aws:cloudfront/distribution:Distribution"],
  (one, report, stack) =>
    one.type.startsWith("aws:s3/") ? checkBucket(one, report, stack) : checkDistribution(one, report),
);

function checkBucket(bucket: Seen, report: Report, stack: Stack) {
  for (const site of stack.naming("aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration", "bucket", bucket))
    report(`Expected bucket ${bucket.name} to be no website, found ${site.name}.`);
  for (const { props } of stack.naming("aws:s3/bucketPolicy:BucketPolicy", "bucket", bucket))
    for (const statement of allows(props["policy"])) checkReader(bucket, statement, report);
}

function checkReader(bucket: Seen, statement: Statement, report: Report) {
  const sources = conditionOn(statement, "aws:SourceArn");
  for (const { kind, id } of statement.principals) {
    if (kind === "Service" && id !== "cloudfront.amazonaws.com") continue;
    if (kind === "Service" && sources.length > 0 && sources.every(isOneDistribution)) continue;
    report(
      `Expected only a distribution named by aws:SourceArn to read bucket ${bucket.name}, found ${id} with aws:SourceArn ${sources.join(", ") || "of any"}.`,
    );
  }
}

const isOneDistribution = (arn: string) => /^arn:aws[\w-]*:cloudfront::\d{12}:distribution\/[^*?]+$/.test(arn);

interface Origin {
  readonly originId: string;
  readonly domainName: string;
  readonly originAccessControlId?: string;
  readonly customOriginConfig?: object;
}

function checkDistribution({ name, props }: Seen, report: Report) {
  for (const origin of listOf<Origin>(props["origins"])) {
    if (peek(() => /\.s3-website[.-]/.test(origin.domainName)))
      report(`Expected origin ${origin.originId} of ${name} to be a bucket, received a website's address.`);
    // In a preview the id of something new is not known, but that there will be one is.
    const signed = peek(() => origin.originAccessControlId || "") !== "";
    if (!origin.customOriginConfig && !signed)
      report(`Expected origin ${origin.originId} of ${name} to have an originAccessControlId, received none.`);
  }
}
