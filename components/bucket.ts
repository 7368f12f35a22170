import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { allow, denyPlainText, policyOf, type Statement } from "./statement.ts";

export interface BucketArgs {
  /** Refuse to delete the bucket, and to empty it on the way. */
  protect: boolean;
  /** What goes by itself, how many days after it came. Without a prefix, everything. */
  expire?: { days: number; prefix?: string }[];
  /** Keep overwritten and deleted objects for a while. @default false */
  versioned?: boolean;
  /** Days for which those are kept. @default 30 */
  oldVersionsDays?: number;
  /** Storage class that objects move to at the next midnight, whatever their size. @default they stay in theirs */
  cold?: string;
  /** Tell EventBridge of every new object, and of what can be read again. @default false */
  notify?: boolean;
  /** Web pages that may upload from a browser, whole files or in parts. @default none */
  uploadOrigins?: pulumi.Input<string>[];
  /** CloudFront distribution that may read the objects. @default none */
  readBy?: pulumi.Input<string>;
}

/** A private bucket: nobody outside the account reads or writes it, and nobody without TLS. */
export class Bucket extends pulumi.ComponentResource {
  readonly name: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  /** Host name under which CloudFront finds it. */
  readonly domainName: pulumi.Output<string>;
  /** What makes it keep versions; replication can only begin after it. */
  readonly versioning: readonly aws.s3.BucketVersioning[];

  constructor(name: string, args: BucketArgs, opts?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:Bucket", name, {}, { protect: args.protect, ...opts });
    const child = { parent: this };
    const { bucket, arn, bucketRegionalDomainName } = new aws.s3.Bucket(
      `${name}-bucket`,
      { forceDestroy: !args.protect },
      child,
    );
    this.name = bucket;
    this.arn = arn;
    this.domainName = bucketRegionalDomainName;

    // One after the other: S3 refuses two changes of a bucket's access at once ("conflicting conditional operation").
    const block = new aws.s3.BucketPublicAccessBlock(
      `${name}-private`,
      { bucket, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
      child,
    );
    const statements = [denyPlainText("s3:*", [arn, pulumi.interpolate`${arn}/*`])];
    if (args.readBy !== undefined) statements.push(readThrough(args.readBy, arn));
    const policy = new aws.s3.BucketPolicy(
      `${name}-policy`,
      { bucket, policy: policyOf(statements) },
      { ...child, dependsOn: block },
    );
    new aws.s3.BucketOwnershipControls(
      `${name}-owner`,
      { bucket, rule: { objectOwnership: "BucketOwnerEnforced" } },
      { ...child, dependsOn: policy },
    );

    new aws.s3.BucketServerSideEncryptionConfiguration(
      `${name}-encryption`,
      { bucket, rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }] },
      child,
    );
    this.versioning = args.versioned
      ? [
          new aws.s3.BucketVersioning(
            `${name}-versions`,
            { bucket, versioningConfiguration: { status: "Enabled" } },
            child,
          ),
        ]
      : [];
    new aws.s3.BucketLifecycleConfiguration(
      `${name}-lifecycle`,
      {
        bucket,
        rules: lifecycleOf(args),
        transitionDefaultMinimumObjectSize: args.cold === undefined ? undefined : "varies_by_storage_class",
      },
      { ...child, dependsOn: [...this.versioning] },
    );
    if (args.notify) new aws.s3.BucketNotification(`${name}-events`, { bucket, eventbridge: true }, child);
    if (args.uploadOrigins?.length) {
      const rule = {
        // In parts: begin, send, list, and give up. Each address is signed for one of them alone.
        allowedMethods: ["GET", "POST", "PUT", "DELETE"],
        allowedOrigins: args.uploadOrigins,
        allowedHeaders: ["content-type", "x-amz-*"],
        exposeHeaders: ["ETag", "x-amz-error-code"],
        maxAgeSeconds: 3600,
      };
      new aws.s3.BucketCorsConfiguration(`${name}-cors`, { bucket, corsRules: [rule] }, child);
    }
    this.registerOutputs({ name: this.name, arn: this.arn });
  }

  /** Leave to do one thing with the objects whose key fits, such as `originals/*`. */
  grant(action: "GetObject" | "PutObject" | "DeleteObject" | "RestoreObject" | PartsAction, keys: string): Statement {
    return allow([`s3:${action}`], pulumi.interpolate`${this.arn}/${keys}`);
  }

  /** Leave to delete everything, in every version that there is. */
  grantErasing(): Statement[] {
    return [
      allow(["s3:ListBucketVersions"], this.arn),
      allow(["s3:DeleteObject", "s3:DeleteObjectVersion"], pulumi.interpolate`${this.arn}/*`),
    ];
  }

  /** Leave to list; without it S3 says "forbidden" of a key that is not there. */
  grantListing(): Statement {
    return allow(["s3:ListBucket"], this.arn);
  }
}

/** What an upload in parts asks for beyond `PutObject`. */
type PartsAction = "AbortMultipartUpload" | "ListMultipartUploadParts";

const readThrough = (distribution: pulumi.Input<string>, arn: pulumi.Output<string>): Statement => ({
  Sid: "ReadThroughCloudFront",
  ...allow(["s3:GetObject"], pulumi.interpolate`${arn}/*`),
  Principal: { Service: "cloudfront.amazonaws.com" },
  Condition: { StringEquals: { "aws:SourceArn": distribution } },
});

function lifecycleOf({ expire = [], versioned, oldVersionsDays = 30, cold }: BucketArgs) {
  const rule = { status: "Enabled" };
  const rules: aws.types.input.s3.BucketLifecycleConfigurationRule[] = [
    { ...rule, id: "unfinished-uploads", filter: {}, abortIncompleteMultipartUpload: { daysAfterInitiation: 1 } },
    ...expire.map(({ days, prefix }) => ({
      ...rule,
      id: `expire-${prefix?.replace("/", "") ?? "all"}`,
      filter: prefix === undefined ? {} : { prefix },
      expiration: { days },
    })),
  ];
  if (versioned) {
    const noncurrentVersionExpiration = { noncurrentDays: oldVersionsDays };
    rules.push({ ...rule, id: "old-versions", filter: {}, noncurrentVersionExpiration });
  }
  // S3 moves nothing that still waits to be replicated.
  if (cold !== undefined)
    rules.push({ ...rule, id: "cold", filter: {}, transitions: [{ days: 0, storageClass: cold }] });
  return rules;
}
