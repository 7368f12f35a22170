import { S3Client } from "@aws-sdk/client-s3";
import { s3Store } from "./aws/object-store.ts";
import { onObjectCreated, runtime } from "./aws/runtime.ts";
import { envOf, type IngestEnv, readEnv } from "./env.ts";
import { createIngest } from "./ingest.ts";

const env = readEnv<IngestEnv>(envOf.ingest);
const s3 = new S3Client();

export const handler = onObjectCreated(
  env.INCOMING_BUCKET,
  createIngest({
    ...(await runtime(env, { actor: "ingest" })),
    incoming: s3Store(s3, env.INCOMING_BUCKET),
    working: s3Store(s3, env.WORKING_BUCKET),
    quarantine: s3Store(s3, env.QUARANTINE_BUCKET),
    limits: env.LIMITS,
  }),
);
