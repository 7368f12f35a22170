import { together } from "../lib/rule.ts";

export const bucketOwnerEnforced = together(
  {
    id: 4,
    name: "bucket-owner-enforced",
    level: "mandatory",
    known: "FSBP S3.12",
    checks: "ACLs are off: each bucket's objects belong to its owner.",
    why: "An ACL opens single objects past every policy.",
    mend: "add BucketOwnershipControls with objectOwnership BucketOwnerEnforced, and no BucketAcl.",
  },
  ["aws:s3/bucket:Bucket"],
  (bucket, report, stack) => {
    const [controls] = stack.naming("aws:s3/bucketOwnershipControls:BucketOwnershipControls", "bucket", bucket);
    const ownership: unknown = controls?.props["rule"]?.objectOwnership;
    if (ownership !== "BucketOwnerEnforced")
      report(`Expected objectOwnership BucketOwnerEnforced for bucket ${bucket.name}, received ${ownership}.`);
    for (const acl of stack.naming("aws:s3/bucketAcl:BucketAcl", "bucket", bucket))
      report(`Expected no BucketAcl for bucket ${bucket.name}, found ${acl.name}.`);
  },
);
