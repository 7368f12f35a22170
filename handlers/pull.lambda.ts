import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { Context, SQSEvent } from "aws-lambda";
import { sourceFor } from "../providers/sources/index.ts";
import type { FileVersion } from "../providers/sources/types.ts";
import { enqueueTo } from "./aws/file-queue.ts";
import { s3Store } from "./aws/object-store.ts";
import { onQueued, runtime } from "./aws/runtime.ts";
import { readSecret } from "./aws/secret.ts";
import { sourceLedger } from "./aws/source-ledger.ts";
import { envOf, type PullEnv, readEnv } from "./env.ts";
import { createFetch } from "./fetch.ts";
import { createPull } from "./pull.ts";

const env = readEnv<PullEnv>(envOf.pull);
const { catalog, now, log, documents } = await runtime(env);
const maxBytes = env.SOURCE.maxBytes ?? env.LIMITS.maxBytes;
const source = await sourceFor(env.SOURCE, { secret: () => readSecret(env.SOURCE_SECRET), maxBytes });
const ledger = sourceLedger(documents, env.CATALOG_TABLE, source.name);
const incoming = s3Store(new S3Client(), env.INCOMING_BUCKET);

// The queue's URL names its host; the SDK would take that over the endpoint it is given.
const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });

const look = createPull({ source, ledger, enqueue: enqueueTo(sqs, env.QUEUE_URL), now, log });
const fetchQueued = onQueued<FileVersion>(createFetch({ source, catalog, ledger, incoming, maxBytes, log }));

/** Woken by its schedule to look, and by its queue to fetch what the look found. */
export const handler = (event: SQSEvent | { readonly Records?: undefined }, context: Context) =>
  event.Records === undefined ? look(() => context.getRemainingTimeInMillis()) : fetchQueued(event, context, () => {});
