import { together } from "../lib/rule.ts";

export const bucketAccessLogs = together(
  {
    id: 3,
    name: "bucket-access-logs",
    level: "advisory",
    known: "FSBP S3.9; NAG S1; AWSGuard s3-bucket-logging-enabled",
    checks: "Each bucket writes server access logs; the bucket that takes them need not.",
    why: "Afterwards nobody can say who read what.",
    mend: "add a BucketLogging, or write down why not.",
  },
  ["aws:s3/bucket:Bucket"],
  (bucket, report, stack) => {
    const logging = "aws:s3/bucketLogging:BucketLogging";
    if (stack.naming(logging, "bucket", bucket).length > 0) return;
    if (stack.naming(logging, "targetBucket", bucket).length > 0) return;
    report(`Expected a BucketLogging for bucket ${bucket.name}, found none.`);
  },
);
