import { CloudFrontClient } from "@aws-sdk/client-cloudfront";
import { S3Client } from "@aws-sdk/client-s3";
import { cdnCache } from "./aws/cdn-cache.ts";
import { exportMarks } from "./aws/export-marks.ts";
import { fenceOf } from "./aws/fence.ts";
import { s3Store } from "./aws/object-store.ts";
import { dynamoReminders } from "./aws/reminders.ts";
import { onPictureChange, runtime } from "./aws/runtime.ts";
import { type BucketsOfRegion, envOf, type ForgetEnv, readEnv } from "./env.ts";
import { type Buckets, createForget } from "./forget.ts";

const env = readEnv<ForgetEnv>(envOf.forget);
const shared = await runtime(env, { actor: "forget" });

export const handler = onPictureChange(
  "forgetting",
  createForget({
    ...shared,
    ...bucketsOf(new S3Client(), {
      incoming: env.INCOMING_BUCKET,
      working: env.WORKING_BUCKET,
      quarantine: env.QUARANTINE_BUCKET,
      published: env.PUBLISHED_BUCKET,
      archived: env.ARCHIVE_BUCKET,
    }),
    elsewhere: env.ELSEWHERE.map(({ region, ...names }) => bucketsOf(new S3Client({ region }), names)),
    fence: fenceOf(env, shared),
    reminders: dynamoReminders(shared.documents, env.CATALOG_TABLE),
    invalidate: cdnCache(new CloudFrontClient(), env.DISTRIBUTION_ID),
    markDay: exportMarks(shared.documents, env.CATALOG_TABLE, shared.now).set,
  }),
);

function bucketsOf(client: S3Client, names: Omit<BucketsOfRegion, "region">): Buckets {
  const { incoming, working, quarantine, published, archived } = names;
  return {
    incoming: s3Store(client, incoming),
    working: s3Store(client, working),
    quarantine: s3Store(client, quarantine),
    published: s3Store(client, published),
    archived: s3Store(client, archived),
  };
}
