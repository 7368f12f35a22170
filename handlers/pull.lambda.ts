import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { APIGatewayProxyEventV2, Context, SQSEvent } from "aws-lambda";
import { sourceFor } from "../providers/sources/index.ts";
import { callBy, enqueueTo, isCall, type Queued } from "./aws/file-queue.ts";
import { requestOf, resultOf } from "./aws/hook-event.ts";
import { spoken } from "./aws/log.ts";
import { emfMeasure } from "./aws/metrics.ts";
import { s3Store } from "./aws/object-store.ts";
import { onQueued, runtime } from "./aws/runtime.ts";
import { readSecret } from "./aws/secret.ts";
import { sourceLedger } from "./aws/source-ledger.ts";
import { envOf, type PullEnv, readEnv } from "./env.ts";
import { createFetch } from "./fetch.ts";
import { createHook } from "./hook.ts";
import { opened } from "./opened.ts";
import { fileIdentity } from "./picture-id.ts";
import { createPull } from "./pull.ts";
import { createRenewal } from "./renewal.ts";

const env = readEnv<PullEnv>(envOf.pull);
const { name, kind, maxBytes = env.LIMITS.maxBytes } = env.SOURCE;
const { catalog, now, log, documents } = await runtime(env, { actor: "pull", source: name });
const source = opened(name, kind, () =>
  sourceFor(env.SOURCE, {
    secret: () => readSecret(env.SOURCE_SECRET),
    maxBytes,
    webIdentity: async (audience) => (await import("./aws/web-identity.ts")).webIdentity(name, audience),
  }),
);
const ledger = sourceLedger(documents, env.CATALOG_TABLE, name);
const incoming = s3Store(new S3Client(), env.INCOMING_BUCKET);
const measure = emfMeasure({ Environment: env.ENVIRONMENT, Source: name });

// The queue's URL names its host; the SDK would take that over the endpoint it is given.
const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });
const enqueue = enqueueTo(sqs, env.QUEUE_URL);
const call = callBy(sqs, env.QUEUE_URL);

const look = createPull({ source, ledger, enqueue, callAgain: call, now, log, measure });
const fetch = createFetch({ source, catalog, ledger, incoming, maxBytes, now, log, measure });
const renew = createRenewal({ name, use: source.use, ledger, address: env.HOOK_URL, now, log });
const answer = createHook({ name, use: source.use, call, log });
const onFile = onQueued<Queued>(
  (queued, { sentAt, timeLeft }) => (isCall(queued) ? look(timeLeft, sentAt) : fetch(queued)),
  (queued) => (isCall(queued) ? {} : { pictureId: fileIdentity(name, queued).pictureId }),
);

/** Woken by its schedule to look, by its queue to fetch what the look found, and by the source's service, who calls for a look. */
export const handler = spoken(
  async (event: SQSEvent | APIGatewayProxyEventV2 | { readonly poll: string }, context: Context) => {
    if ("Records" in event) return onFile(event, context, () => {});
    if ("requestContext" in event) return resultOf(await answer(requestOf(event)));
    await renew();
    await look(() => context.getRemainingTimeInMillis());
  },
);
