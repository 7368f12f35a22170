import { together } from "../lib/rule.ts";

export const bucketVersioning = together(
  {
    id: 7,
    name: "bucket-versioning",
    level: "advisory",
    known: "NAG S3BucketVersioningEnabled",
    checks: "Each bucket keeps what was overwritten or deleted.",
    why: "A mistake of a program could not be undone.",
    mend: "add a BucketVersioning with status Enabled, or write down why not.",
  },
  ["aws:s3/bucket:Bucket"],
  (bucket, report, stack) => {
    const [versioning] = stack.naming("aws:s3/bucketVersioning:BucketVersioning", "bucket", bucket);
    const status: unknown = versioning?.props["versioningConfiguration"]?.status;
    if (status !== "Enabled") report(`Expected versioning Enabled for bucket ${bucket.name}, received ${status}.`);
  },
);
