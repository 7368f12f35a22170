import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { Context } from "aws-lambda";
import { keptPlace } from "./aws/kept-place.ts";
import { listObjectsOf } from "./aws/list-objects.ts";
import { spoken } from "./aws/log.ts";
import { emfMeasure } from "./aws/metrics.ts";
import { announceTo } from "./aws/object-created.ts";
import { s3Store } from "./aws/object-store.ts";
import { replica } from "./aws/replica.ts";
import { runtime } from "./aws/runtime.ts";
import { catalogSweep } from "./aws/sweep.ts";
import { envOf, type ReconcileEnv, readEnv } from "./env.ts";
import { createReconcile } from "./reconcile.ts";

const env = readEnv<ReconcileEnv>(envOf.reconcile);
const { catalog, documents, place, now, log } = await runtime(env, { actor: "reconcile" });
const s3 = new S3Client();
// The queue's URL names its host; the SDK would take that over the endpoint it is given.
const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });

const reconcile = createReconcile({
  catalog,
  sweep: catalogSweep(documents, env.CATALOG_TABLE, place.region),
  sweepOf: (region) => catalogSweep(documents, env.CATALOG_TABLE, region),
  here: replica(documents, env.CATALOG_TABLE, place.region),
  regions: env.REGIONS,
  adoptAfter: env.TURNS.adopt,
  incoming: s3Store(s3, env.INCOMING_BUCKET),
  list: listObjectsOf(s3, env.INCOMING_BUCKET),
  announce: announceTo(sqs, env.INTAKE_QUEUE_URL, env.INCOMING_BUCKET),
  place: {
    objects: keptPlace(documents, env.CATALOG_TABLE, "objects"),
    records: keptPlace(documents, env.CATALOG_TABLE, "records"),
  },
  turns: env.TURNS,
  now,
  log,
  measure: emfMeasure({ Environment: env.ENVIRONMENT }),
});

/** Called by its schedule. */
export const handler = spoken((_: unknown, context: Context) => reconcile(() => context.getRemainingTimeInMillis()));
