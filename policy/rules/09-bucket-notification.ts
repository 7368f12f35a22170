import { together } from "../lib/rule.ts";

export const bucketNotification = together(
  {
    id: 9,
    name: "bucket-notification",
    level: "advisory",
    known: "FSBP S3.11",
    checks: "A bucket that browsers upload to tells of what came.",
    why: "Pictures would lie there and nothing would begin.",
    mend: "add a BucketNotification, to EventBridge or a queue.",
  },
  ["aws:s3/bucket:Bucket"],
  (bucket, report, stack) => {
    if (stack.naming("aws:s3/bucketCorsConfiguration:BucketCorsConfiguration", "bucket", bucket).length === 0) return;
    const tells = stack
      .naming("aws:s3/bucketNotification:BucketNotification", "bucket", bucket)
      .some(({ props }) => props["eventbridge"] === true || targets.some((target) => props[target]?.length > 0));
    if (!tells) report(`Expected a BucketNotification that leads somewhere for bucket ${bucket.name}, found none.`);
  },
);

const targets = ["lambdaFunctions", "queues", "topics"];
