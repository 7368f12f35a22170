import type { BucketConfig, CorsRule } from "../aws/s3/types.ts";
import type { Authorize } from "../aws/types.ts";
import type { Graph, Resource } from "../graph.ts";
import { ofType, policyOf, text } from "../lookup.ts";
import { replicationOf } from "./bucket-replication.ts";

type ReadyBucket = BucketConfig & { readonly region: string };

/** Every bucket of the graph with what hangs on it: policy, CORS, versioning, whether it notifies, where it is copied to. */
export const bucketsOf = (graph: Graph, authorize: Authorize): readonly ReadyBucket[] =>
  ofType(graph, "aws:s3/bucket:Bucket").map((bucket) => {
    const name = text(bucket, "bucket");
    const beside = (type: string): Resource | undefined =>
      ofType(graph, type).find(({ inputs }) => [name, bucket.outputs["id"]].includes(inputs["bucket"] as string));
    const policy = beside("aws:s3/bucketPolicy:BucketPolicy")?.inputs["policy"];
    const versioning = beside("aws:s3/bucketVersioning:BucketVersioning")?.inputs["versioningConfiguration"] as
      | { status?: string }
      | undefined;
    return {
      name,
      arn: text(bucket, "arn"),
      region: bucket.region,
      policy: policy === undefined ? undefined : policyOf(policy),
      cors: beside("aws:s3/bucketCorsConfiguration:BucketCorsConfiguration")?.inputs["corsRules"] as
        | readonly CorsRule[]
        | undefined,
      versioned: versioning?.status === "Enabled",
      notifies: beside("aws:s3/bucketNotification:BucketNotification")?.inputs["eventbridge"] === true,
      replication: replicationOf(
        graph,
        bucket,
        beside("aws:s3/bucketReplicationConfig:BucketReplicationConfig"),
        authorize,
      ),
    };
  });
