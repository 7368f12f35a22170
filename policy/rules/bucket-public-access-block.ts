import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";

const flags = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];

/**
 * FSBP S3.1, S3.8, S3.2, S3.3. A missing block counts as a fault: what AWS does by default since 2023 is not
 * written in the stack, and says nothing of a bucket made before.
 */
export const bucketPublicAccessBlock: StackValidationPolicy = {
  name: "bucket-public-access-block",
  description: "Each bucket has all four flags of Block Public Access on (FSBP S3.1, S3.2, S3.3, S3.8).",
  enforcementLevel: "mandatory",
  validateStack({ resources }, reportViolation) {
    const blocks = resources.filter(({ type }) => type === "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock");
    for (const bucket of resources.filter(({ type }) => type === "aws:s3/bucket:Bucket")) {
      const block = blocks.find((block) => isFor(bucket, block));
      const missing = flags.filter((flag) => block?.props[flag] !== true);
      if (missing.length > 0)
        reportViolation(
          `Expected bucket ${bucket.name} to have a BucketPublicAccessBlock with ${missing.join(", ")} set to true. Without it, one wrong policy or ACL shows the bucket to the world.`,
          bucket.urn,
        );
    }
  },
};

/** By name where it is known; in a preview of a new bucket it is not, but Pulumi knows where the name will come from. */
const isFor = (bucket: PolicyResource, block: PolicyResource) =>
  block.propertyDependencies["bucket"]?.some(({ urn }) => urn === bucket.urn) === true ||
  (bucket.props["bucket"] !== undefined && block.props["bucket"] === bucket.props["bucket"]);
