import { add, all, allow, policy, type Spoil, set, without } from "../spoil.ts";

interface LifecycleRule {
  readonly id: string;
}
const rulesWithout = (id: string) => (inputs: Readonly<Record<string, unknown>>) => ({
  rules: (inputs["rules"] as LifecycleRule[]).filter((rule) => rule.id !== id),
});
const cors = (change: object) => (inputs: Readonly<Record<string, unknown>>) => ({
  corsRules: [{ ...(inputs["corsRules"] as object[])[0], ...change }],
});
const origins = (change: object) => (inputs: Readonly<Record<string, unknown>>) => ({
  origins: (inputs["origins"] as object[]).map((origin, index) => (index === 0 ? { ...origin, ...change } : origin)),
});
const bucket = "arn:aws:s3:::darkroom-prod-incoming-bucket";

export const bucketSpoils: readonly Spoil[] = [
  {
    rule: "bucket-public-access-block",
    what: "no block, which cdk-nag lets pass",
    spoil: without("working-private"),
    says: /working-bucket.*blockPublicAcls, blockPublicPolicy, ignorePublicAcls, restrictPublicBuckets/,
  },
  {
    rule: "bucket-public-access-block",
    what: "one flag off",
    spoil: set("incoming-private", { blockPublicPolicy: false }),
    says: /incoming-bucket.* with blockPublicPolicy set/,
  },
  {
    rule: "bucket-public-access-block",
    what: "a bucket of the older type",
    spoil: add("aws:s3/bucketV2:BucketV2", "older", { bucket: "older" }),
    says: /bucket older/,
  },
  { rule: "bucket-tls-only", what: "no policy", spoil: without("quarantine-policy"), says: /quarantine-bucket/ },
  {
    rule: "bucket-tls-only",
    what: "a policy for the objects alone",
    spoil: policy("working-policy", (statements) =>
      statements.map((statement) => ({ ...statement, Resource: "arn:aws:s3:::darkroom-prod-working-bucket/*" })),
    ),
    says: /working-bucket/,
  },
  {
    rule: "bucket-access-logs",
    what: "a bucket without logs and without a reason",
    spoil: add("aws:s3/bucket:Bucket", "attic", { bucket: "attic" }),
    says: /BucketLogging for bucket attic/,
  },
  {
    rule: "bucket-owner-enforced",
    what: "no controls",
    spoil: without("site-owner"),
    says: /site-bucket, received undefined/,
  },
  {
    rule: "bucket-owner-enforced",
    what: "an ACL",
    spoil: add("aws:s3/bucketAcl:BucketAcl", "opened", (of) => ({
      bucket: of("site-bucket")["bucket"],
      acl: "public-read",
    })),
    says: /no BucketAcl for bucket site-bucket, found opened/,
  },
  {
    rule: "bucket-policy-same-account",
    what: "another account that may change the policy",
    spoil: allow("incoming-policy", {
      Principal: { AWS: "arn:aws:iam::999999999999:root" },
      Action: ["s3:Put*"],
      Resource: bucket,
    }),
    says: /incoming-policy.*s3:PutBucketPolicy.*999999999999/,
  },
  {
    rule: "bucket-lifecycle",
    what: "unfinished uploads that stay",
    spoil: set("incoming-lifecycle", rulesWithout("unfinished-uploads")),
    says: /incoming-bucket that aborts unfinished uploads/,
  },
  {
    rule: "bucket-lifecycle",
    what: "refused pictures that stay",
    spoil: set("quarantine-lifecycle", rulesWithout("expire-all")),
    says: /quarantine-bucket that lets objects expire/,
  },
  {
    rule: "bucket-lifecycle",
    what: "old versions that stay",
    spoil: set("published-lifecycle", rulesWithout("old-versions")),
    says: /published-bucket that lets non-current versions expire/,
  },
  {
    rule: "bucket-versioning",
    what: "the published bucket without versions",
    spoil: without("published-versions"),
    says: /published-bucket, received undefined/,
  },
  { rule: "bucket-encryption", what: "nothing stated", spoil: without("incoming-encryption"), says: /incoming-bucket/ },
  {
    rule: "bucket-notification",
    what: "uploads that nobody hears of",
    spoil: set("incoming-events", { eventbridge: false }),
    says: /incoming-bucket/,
  },
  {
    rule: "access-point-public-access-block",
    what: "an access point with a flag off",
    spoil: add("aws:s3/accessPoint:AccessPoint", "side-door", {
      publicAccessBlockConfiguration: { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true },
    }),
    says: /restrictPublicBuckets of access point side-door/,
  },
  {
    rule: "access-point-public-access-block",
    what: "one for several Regions, without a block",
    spoil: add("aws:s3control/multiRegionAccessPoint:MultiRegionAccessPoint", "far-door", { details: { name: "far" } }),
    says: /access point far-door/,
  },
  {
    rule: "published-by-distribution-only",
    what: "every distribution of the account",
    spoil: policy("published-policy", (statements) =>
      statements.map((statement) =>
        statement.Effect === "Allow"
          ? {
              ...statement,
              Condition: { ArnLike: { "aws:SourceArn": "arn:aws:cloudfront::000000000000:distribution/*" } },
            }
          : statement,
      ),
    ),
    says: /published-bucket, found cloudfront.amazonaws.com with aws:SourceArn .*distribution\/\*/,
  },
  {
    rule: "published-by-distribution-only",
    what: "everybody",
    spoil: allow("published-policy", { Principal: "*", Action: ["s3:GetObject"], Resource: "arn:aws:s3:::x/*" }),
    says: /published-bucket, found \*/,
  },
  {
    rule: "published-by-distribution-only",
    what: "a website",
    spoil: add("aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration", "open-site", (of) => ({
      bucket: of("site-bucket")["bucket"],
    })),
    says: /no website, found open-site/,
  },
  {
    rule: "published-by-distribution-only",
    what: "an origin that is not signed",
    spoil: set("cdn-distribution", origins({ originAccessControlId: undefined })),
    says: /origin published of cdn-distribution to have an originAccessControlId/,
  },
  {
    rule: "bucket-cors-exact",
    what: "every origin",
    spoil: set("incoming-cors", cors({ allowedOrigins: ["https://*.example.com"] })),
    says: /origins in full, received https:\/\/\*\.example\.com/,
  },
  {
    rule: "bucket-cors-exact",
    what: "every header, and a method that nobody gave a reason for",
    spoil: set("incoming-cors", cors({ allowedHeaders: ["*"], allowedMethods: ["HEAD"] })),
    says: /headers in full, received \*/,
  },
  {
    rule: "no-loop",
    what: "an actor that writes to where it is woken from",
    spoil: allow("ingest-policy", { Action: ["s3:PutObject"], Resource: `${bucket}/copies/*` }),
    says: /ingest-fn not to write where it is woken from.*copies/,
  },
  {
    rule: "no-loop",
    what: "the same by a notification of the bucket itself",
    spoil: all(
      add("aws:s3/bucketNotification:BucketNotification", "direct", (of) => ({
        bucket: of("published-bucket")["bucket"],
        lambdaFunctions: [{ lambdaFunctionArn: of("publish-fn")["arn"], events: ["s3:ObjectCreated:*"] }],
      })),
    ),
    says: /publish-fn/,
  },
];
