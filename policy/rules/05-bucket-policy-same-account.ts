import { alone } from "../lib/rule.ts";
import { allows, covers } from "../lib/statements.ts";

/** What lets somebody take a bucket over, or open it. */
const dangerous = [
  "s3:DeleteBucket",
  "s3:DeleteBucketPolicy",
  "s3:PutBucketAcl",
  "s3:PutBucketPolicy",
  "s3:PutEncryptionConfiguration",
  "s3:PutLifecycleConfiguration",
  "s3:PutObjectAcl",
  "s3:BypassGovernanceRetention",
];

export const bucketPolicySameAccount = alone(
  {
    id: 5,
    name: "bucket-policy-same-account",
    level: "mandatory",
    known: "FSBP S3.6",
    checks: "No bucket policy gives accounts or people leave to change the bucket's own settings.",
    why: "Whoever may change the policy owns the bucket.",
    mend: "take the actions out; roles of the own account get what they need from their own policy.",
  },
  ["aws:s3/bucketPolicy:BucketPolicy"],
  ({ name, props }, report) => {
    for (const statement of allows(props["policy"])) {
      const outsiders = statement.principals.filter(({ kind }) => kind !== "Service").map(({ id }) => id);
      const given = dangerous.filter((action) => covers(statement, action));
      if (outsiders.length > 0 && given.length > 0)
        report(
          `Expected ${name} to keep ${given.join(", ")} to the bucket's owner, but it gives them to ${outsiders.join(", ")}.`,
        );
    }
  },
);
