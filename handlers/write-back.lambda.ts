import { randomUUID } from "node:crypto";
import { S3Client } from "@aws-sdk/client-s3";
import type { Context } from "aws-lambda";
import { sourceFor } from "../providers/sources/index.ts";
import { spoken } from "./aws/log.ts";
import { emfMeasure } from "./aws/metrics.ts";
import { s3Store } from "./aws/object-store.ts";
import { type ChangeEvent, onPictureChange, runtime } from "./aws/runtime.ts";
import { readSecret } from "./aws/secret.ts";
import { sourceLedger } from "./aws/source-ledger.ts";
import { createCatchUp } from "./catch-up.ts";
import { envOf, readEnv, type WriteBackEnv } from "./env.ts";
import { opened } from "./opened.ts";
import { createWriteBack } from "./write-back.ts";

const env = readEnv<WriteBackEnv>(envOf["write-back"]);
const { name, kind } = env.SOURCE;
const { catalog, place, now, log, documents } = await runtime(env, { actor: "write-back", source: name });
const ledger = sourceLedger(documents, env.CATALOG_TABLE, name);

const writeBack = createWriteBack({
  name,
  place,
  use: opened(name, kind, () =>
    sourceFor(env.SOURCE, {
      secret: () => readSecret(env.SOURCE_SECRET),
      webIdentity: async (audience) => (await import("./aws/web-identity.ts")).webIdentity(name, audience),
    }),
  ).use,
  catalog,
  published: s3Store(new S3Client(), env.PUBLISHED_BUCKET),
  ledger,
  now,
  log,
  measure: emfMeasure({ Environment: env.ENVIRONMENT, Source: name }),
});
const onPublished = onPictureChange("published", async (pictureId) => void (await writeBack(pictureId)));
const catchUp = createCatchUp({ name, ledger, writeBack, start: randomUUID, log });

/** Woken by what is published, and by its schedule to catch up with what the source did not take before. */
export const handler = spoken((event: ChangeEvent | { readonly catchUp: string }, context: Context) =>
  "Records" in event ? onPublished(event, context, () => {}) : catchUp(() => context.getRemainingTimeInMillis()),
);
