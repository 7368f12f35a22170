import { together } from "../lib/rule.ts";
import { refusesPlainText } from "../lib/statements.ts";

export const bucketTlsOnly = together(
  {
    id: 2,
    name: "bucket-tls-only",
    level: "mandatory",
    known: "FSBP S3.5; NAG S10",
    checks: "Each bucket's policy refuses what does not come over TLS, for the bucket and its objects.",
    why: "Pictures and signed addresses could be read on the way.",
    mend: "add a statement that denies s3:* on the bucket and its objects where aws:SecureTransport is false.",
  },
  ["aws:s3/bucket:Bucket"],
  (bucket, report, stack) => {
    const policies = stack.naming("aws:s3/bucketPolicy:BucketPolicy", "bucket", bucket);
    const refuses = policies.some(({ props }) => {
      // First the policy: where it is not known yet, neither is the ARN.
      const policy: unknown = props["policy"];
      const arn: string = bucket.props["arn"];
      return refusesPlainText(policy, "s3:*", [arn, `${arn}/*`]);
    });
    if (!refuses)
      report(
        `Expected the policy of bucket ${bucket.name} to deny s3:* on all of it without TLS, found no such statement.`,
      );
  },
);
