import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { APIGatewayProxyEventV2, Context } from "aws-lambda";
import { type OpenedRepository, openRepository } from "../providers/repositories/index.ts";
import { callBy } from "./aws/file-queue.ts";
import { requestOf, resultOf } from "./aws/hook-event.ts";
import { spoken } from "./aws/log.ts";
import { emfMeasure } from "./aws/metrics.ts";
import { s3Store } from "./aws/object-store.ts";
import { type ChangeEvent, isQueued, onQueued, runtime } from "./aws/runtime.ts";
import { readSecret } from "./aws/secret.ts";
import { sourceLedger } from "./aws/source-ledger.ts";
import { createAnswerPush } from "./discover/answer-push.ts";
import { createDiscover } from "./discover.ts";
import { type DiscoverEnv, envOf, readEnv } from "./env.ts";

const env = readEnv<DiscoverEnv>(envOf.discover);
const options = env.REPOSITORY;
const { name, base } = options;
const { catalog, now, log, documents } = await runtime(env, { actor: "discover", source: name });
const s3 = new S3Client();
// The queue's URL names its host; the SDK would take that over the endpoint it is given.
const call = callBy(new SQSClient({ useQueueUrlAsEndpoint: false }), env.QUEUE_URL);

let opened: OpenedRepository | undefined;
/** Once: a new secret comes with new functions. */
async function open(): Promise<OpenedRepository> {
  opened ??= openRepository(options, await readSecret(env.REPOSITORY_SECRET));
  return opened;
}

const look = createDiscover({
  options,
  open: async () => (await open()).repository,
  site: { root: base, published: `${env.PUBLISHED_URL}/` },
  catalog,
  ledger: sourceLedger(documents, env.CATALOG_TABLE, name),
  incoming: s3Store(s3, env.INCOMING_BUCKET),
  working: s3Store(s3, env.WORKING_BUCKET),
  maxBytes: env.LIMITS.maxBytes,
  callAgain: call,
  now,
  log,
  measure: emfMeasure({ Environment: env.ENVIRONMENT, Source: name }),
});
const answer = createAnswerPush({ name, verify: async () => (await open()).answer, call, log });
const onCall = onQueued<unknown>((_, { sentAt, timeLeft }) => look(timeLeft, sentAt));

type Event = ChangeEvent | APIGatewayProxyEventV2 | { readonly discover: string };

/** Woken by its schedule, by GitHub, and by pictures that come to an end: all of them call for a look, which its queue then has it take. */
export const handler = spoken(async (event: Event, context: Context) => {
  if ("requestContext" in event) return resultOf(await answer(requestOf(event)));
  if ("Records" in event && isQueued(event)) return onCall(event, context, () => {});
  await call();
});
