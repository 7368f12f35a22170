import type { ReplicationRule } from "../aws/s3/replication.ts";
import type { Authorize } from "../aws/types.ts";
import type { Graph, Resource } from "../graph.ts";
import { inRole } from "../identities.ts";
import { need, text } from "../lookup.ts";

interface RuleInput {
  readonly status: string;
  readonly filter?: { readonly prefix?: string };
  readonly deleteMarkerReplication?: { readonly status: string };
  readonly destination: { readonly bucket: string; readonly storageClass?: string };
}

/**
 * Where a bucket's objects are copied to. S3 does it in the configuration's role; what that role may
 * not do would fail object by object and far from everybody's eyes, so it is asked for at once.
 * @throws Error `REPLICATION_DENIED`
 */
export function replicationOf(
  graph: Graph,
  source: Resource,
  config: Resource | undefined,
  authorize: Authorize,
): readonly ReplicationRule[] | undefined {
  if (config === undefined) return undefined;
  const role = need(graph, "aws:iam/role:Role", config.inputs["role"], `replication ${config.name}`);
  const identity = inRole(graph, role, "s3-replication");
  const expect = (action: string, resource: string) => {
    const decision = authorize(identity, { action, resource });
    if (!decision.allowed)
      throw new Error(
        `REPLICATION_DENIED: ${config.name} would copy nothing: ${decision.because}. Grant it to its role.`,
      );
  };
  const from = text(source, "arn");
  for (const action of ["s3:GetReplicationConfiguration", "s3:ListBucket"]) expect(action, from);
  const rules = (config.inputs["rules"] ?? []) as readonly RuleInput[];
  return rules
    .filter(({ status }) => status === "Enabled")
    .map(({ filter, deleteMarkerReplication, destination }) => {
      const to = need(graph, "aws:s3/bucket:Bucket", destination.bucket, `replication ${config.name}`);
      const prefix = filter?.prefix ?? "";
      const deletions = deleteMarkerReplication?.status === "Enabled";
      expect("s3:GetObjectVersionForReplication", `${from}/${prefix}any`);
      expect("s3:ReplicateObject", `${text(to, "arn")}/${prefix}any`);
      if (deletions) expect("s3:ReplicateDelete", `${text(to, "arn")}/${prefix}any`);
      return { to: text(to, "bucket"), prefix, deletions, storageClass: destination.storageClass };
    });
}
