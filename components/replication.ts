import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { watch } from "./alarms.ts";
import type { Bucket } from "./bucket.ts";
import type { Replica } from "./catalog.ts";
import type { BucketsOfRegion } from "./pipeline.ts";
import { allow, policyOf, type Statement } from "./statement.ts";

/** What survives a Region, by bucket: of the working one the originals, from which all else can be made again. */
const surviving = { published: "", archived: "", working: "originals/" } as const;
type Surviving = keyof typeof surviving;

/** Has S3 copy what is to survive this Region to all others, and their deletions with it. They do the same. */
export function replicate(
  here: BucketsOfRegion & { readonly alarmTopicArn?: pulumi.Input<string> },
  elsewhere: readonly BucketsOfRegion[],
  opts: pulumi.CustomResourceOptions,
): void {
  for (const [held, prefix] of Object.entries(surviving) as [Surviving, string][]) {
    const to = elsewhere.map((other) => ({ region: other.region, bucket: other[held] }));
    copyAll(`${held}-copies`, { from: here[held], to, prefix }, opts);
    const { alarmTopicArn } = here;
    if (alarmTopicArn === undefined) continue;
    for (const other of elsewhere) watchCopies(held, here, other, alarmTopicArn, opts);
  }
}

interface Copies {
  from: Bucket;
  to: readonly { region: string; bucket: Bucket }[];
  /** What the keys begin with. */
  prefix: string;
}

function copyAll(name: string, { from, to, prefix }: Copies, opts: pulumi.CustomResourceOptions): void {
  const role = new aws.iam.Role(`${name}-role`, { assumeRolePolicy: policyOf([assumedByS3]) }, opts);
  const policy = new aws.iam.RolePolicy(
    `${name}-policy`,
    {
      role: role.name,
      policy: policyOf([
        allow(["s3:GetReplicationConfiguration", "s3:ListBucket"], from.arn),
        allow(
          ["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"],
          pulumi.interpolate`${from.arn}/${prefix}*`,
        ),
        allow(
          ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"],
          to.map(({ bucket }) => pulumi.interpolate`${bucket.arn}/${prefix}*`),
        ),
      ]),
    },
    opts,
  );
  new aws.s3.BucketReplicationConfig(
    `${name}-rules`,
    {
      bucket: from.name,
      role: role.arn,
      rules: to.map(({ region, bucket }, priority) => ({
        // By it, the metrics tell the rules apart.
        id: region,
        priority,
        status: "Enabled",
        filter: { prefix },
        deleteMarkerReplication: { status: "Enabled" },
        destination: { bucket: bucket.arn, metrics: { status: "Enabled" } },
      })),
    },
    { ...opts, dependsOn: [policy, ...from.versioning, ...to.flatMap(({ bucket }) => bucket.versioning)] },
  );
}

// S3 knows no condition here; whoever names the role in a bucket's rules must be allowed to pass it on.
const assumedByS3: Statement = {
  Effect: "Allow",
  Principal: { Service: "s3.amazonaws.com" },
  Action: ["sts:AssumeRole"],
};

/** Rings when copies fail, or are late. https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html */
function watchCopies(
  held: Surviving,
  here: BucketsOfRegion,
  other: BucketsOfRegion,
  topicArn: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): void {
  const name = `${held}-copies-${other.region}`;
  const copies = (from: BucketsOfRegion, to: BucketsOfRegion) =>
    ({
      runbook: "region",
      namespace: "AWS/S3",
      dimensions: { SourceBucket: from[held].name, DestinationBucket: to[held].name, RuleId: to.region },
    }) as const;
  // S3 counts what failed where it came from,
  watch(
    `${name}-failed`,
    {
      ...copies(here, other),
      description: `Objects of the ${held} bucket could not be copied to ${other.region}.`,
      metric: "OperationsFailedReplication",
      statistic: "Sum",
      above: 0,
    },
    topicArn,
    opts,
  );
  // and how late they are, where they are to come.
  watch(
    `${name}-late`,
    {
      ...copies(other, here),
      description: `Objects of the other Region's ${held} bucket come to this one over 15 minutes late.`,
      metric: "ReplicationLatency",
      statistic: "Maximum",
      above: 900,
      periods: 3,
    },
    topicArn,
    opts,
  );
}

/** Rings when what is written to the table here comes to another Region late. */
export function watchReplicas(
  { name, region }: Replica,
  elsewhere: readonly { readonly region: string }[],
  topicArn: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): void {
  for (const other of elsewhere)
    watch(
      `catalog-${other.region}-late`,
      {
        description: `What is written to the catalog in ${region} comes to ${other.region} over a minute late.`,
        runbook: "region",
        namespace: "AWS/DynamoDB",
        metric: "ReplicationLatency",
        dimensions: { TableName: name, ReceivingRegion: other.region },
        statistic: "Maximum",
        above: 60_000,
        periods: 2,
      },
      topicArn,
      opts,
    );
}
