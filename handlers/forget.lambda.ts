import { CloudFrontClient } from "@aws-sdk/client-cloudfront";
import { S3Client } from "@aws-sdk/client-s3";
import { cdnCache } from "./aws/cdn-cache.ts";
import { exportMarks } from "./aws/export-marks.ts";
import { s3Store } from "./aws/object-store.ts";
import { dynamoReminders } from "./aws/reminders.ts";
import { onPictureChange, runtime } from "./aws/runtime.ts";
import { envOf, type ForgetEnv, readEnv } from "./env.ts";
import { createForget } from "./forget.ts";

const env = readEnv<ForgetEnv>(envOf.forget);
const s3 = new S3Client();
const shared = await runtime(env, { actor: "forget" });

export const handler = onPictureChange(
  "forgetting",
  createForget({
    ...shared,
    incoming: s3Store(s3, env.INCOMING_BUCKET),
    working: s3Store(s3, env.WORKING_BUCKET),
    quarantine: s3Store(s3, env.QUARANTINE_BUCKET),
    published: s3Store(s3, env.PUBLISHED_BUCKET),
    archived: s3Store(s3, env.ARCHIVE_BUCKET),
    reminders: dynamoReminders(shared.documents, env.CATALOG_TABLE),
    invalidate: cdnCache(new CloudFrontClient(), env.DISTRIBUTION_ID),
    markDay: exportMarks(shared.documents, env.CATALOG_TABLE, shared.now).set,
  }),
);
