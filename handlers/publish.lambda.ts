import { S3Client } from "@aws-sdk/client-s3";
import { emfMeasure } from "./aws/metrics.ts";
import { s3Store } from "./aws/object-store.ts";
import { chainRuntime, onPictureChange } from "./aws/runtime.ts";
import { envOf, type PublishEnv, readEnv } from "./env.ts";
import { createPublish } from "./publish.ts";

const env = readEnv<PublishEnv>(envOf.publish);
const s3 = new S3Client();

export const handler = onPictureChange(
  "compressed",
  createPublish({
    ...(await chainRuntime(env, { actor: "publish" })),
    working: s3Store(s3, env.WORKING_BUCKET),
    published: s3Store(s3, env.PUBLISHED_BUCKET),
    renditions: env.RENDITIONS,
    measure: emfMeasure({ Environment: env.ENVIRONMENT }),
  }),
);
