import { together } from "../lib/rule.ts";

const flags = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];

/** A missing block counts as a fault: what AWS does by default since 2023 says nothing of a bucket made before. */
export const bucketPublicAccessBlock = together(
  {
    id: 1,
    name: "bucket-public-access-block",
    level: "mandatory",
    known: "FSBP S3.1, S3.2, S3.3, S3.8; NAG S2",
    checks: "Each bucket has all four flags of Block Public Access on.",
    why: "Without it, one wrong policy or ACL shows the bucket to the world.",
    mend: "add a BucketPublicAccessBlock with all four flags set to true.",
  },
  ["aws:s3/bucket:Bucket"],
  (bucket, report, stack) => {
    const blocks = stack.naming("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "bucket", bucket);
    const missing = flags.filter((flag) => !blocks.some(({ props }) => props[flag] === true));
    if (missing.length > 0)
      report(
        `Expected bucket ${bucket.name} to have a BucketPublicAccessBlock with ${missing.join(", ")} set to true.`,
      );
  },
);
