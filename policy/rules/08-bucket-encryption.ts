import { together } from "../lib/rule.ts";
import { listOf } from "../lib/seen.ts";

export const bucketEncryption = together(
  {
    id: 8,
    name: "bucket-encryption",
    level: "advisory",
    known: "NAG S3DefaultEncryptionKMS",
    checks: "Each bucket's default encryption is stated.",
    why: "What is only AWS's default cannot be shown to an auditor in the program.",
    mend: "add a BucketServerSideEncryptionConfiguration with AES256 or aws:kms.",
  },
  ["aws:s3/bucket:Bucket"],
  (bucket, report, stack) => {
    const stated = stack
      .naming(
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        "bucket",
        bucket,
      )
      .flatMap(({ props }) => listOf<Rule>(props["rules"]))
      .some((rule) => rule.applyServerSideEncryptionByDefault?.sseAlgorithm);
    if (!stated) report(`Expected a stated encryption for bucket ${bucket.name}, found none.`);
  },
);

interface Rule {
  readonly applyServerSideEncryptionByDefault?: { readonly sseAlgorithm?: string };
}
