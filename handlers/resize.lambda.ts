import { S3Client } from "@aws-sdk/client-s3";
import { s3Store } from "./aws/object-store.ts";
import { chainRuntime, onPictureChange } from "./aws/runtime.ts";
import { envOf, type ResizeEnv, readEnv } from "./env.ts";
import { createResize } from "./resize.ts";

const env = readEnv<ResizeEnv>(envOf.resize);

export const handler = onPictureChange(
  "accepted",
  createResize({
    ...(await chainRuntime(env, { actor: "resize" })),
    working: s3Store(new S3Client(), env.WORKING_BUCKET),
    renditions: env.RENDITIONS,
    limits: env.LIMITS,
  }),
);
