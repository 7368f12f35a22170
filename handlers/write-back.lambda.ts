import { S3Client } from "@aws-sdk/client-s3";
import { sourceFor } from "../providers/sources/index.ts";
import { measureBy } from "./aws/metrics.ts";
import { s3Store } from "./aws/object-store.ts";
import { dynamoRefusals } from "./aws/refusals.ts";
import { onPictureChange, runtime } from "./aws/runtime.ts";
import { readSecret } from "./aws/secret.ts";
import { sourceLedger } from "./aws/source-ledger.ts";
import { envOf, readEnv, type WriteBackEnv } from "./env.ts";
import { opened } from "./opened.ts";
import { createWriteBack } from "./write-back.ts";

const env = readEnv<WriteBackEnv>(envOf["write-back"]);
const { catalog, now, log, documents } = await runtime(env);
const { name, kind } = env.SOURCE;

export const handler = onPictureChange(
  "published",
  createWriteBack({
    name,
    use: opened(name, kind, () =>
      sourceFor(env.SOURCE, {
        secret: () => readSecret(env.SOURCE_SECRET),
        webIdentity: async (audience) => (await import("./aws/web-identity.ts")).webIdentity(name, audience),
      }),
    ).use,
    catalog,
    published: s3Store(new S3Client(), env.PUBLISHED_BUCKET),
    refusals: dynamoRefusals(documents, env.CATALOG_TABLE),
    ledger: sourceLedger(documents, env.CATALOG_TABLE, name),
    now,
    log,
    measure: measureBy({ Environment: env.ENVIRONMENT, Source: name }),
  }),
);
