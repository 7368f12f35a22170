import { setTimeout } from "node:timers/promises";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { SESv2Client } from "@aws-sdk/client-sesv2";
import { GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { APIGatewayProxyEventV2WithIAMAuthorizer } from "aws-lambda";
import { handle } from "hono/aws-lambda";

import { createApi } from "./api/app.ts";
import type { Exporting } from "./api/exports.ts";
import { auditTrail } from "./aws/audit.ts";
import { costLedger } from "./aws/cost-ledger.ts";
import { sqsDeadAnnouncements } from "./aws/dead-announcements.ts";
import { s3DeadLetters } from "./aws/dead-letters.ts";
import { isSentBack, sqsDeadQueue } from "./aws/dead-queue.ts";
import { downloads } from "./aws/downloads.ts";
import { invokeLater } from "./aws/invoke.ts";
import { listObjectsOf } from "./aws/list-objects.ts";
import { fault, spoken } from "./aws/log.ts";
import { sesMailer } from "./aws/mailer.ts";
import { announceTo } from "./aws/object-created.ts";
import { s3Store } from "./aws/object-store.ts";
import { dynamoPeople } from "./aws/people.ts";
import { dynamoReminders } from "./aws/reminders.ts";
import { impatient, ownReplica, peersOf } from "./aws/replica.ts";
import { runtime } from "./aws/runtime.ts";
import { readSecret } from "./aws/secret.ts";
import { standings } from "./aws/standings.ts";
import { catalogSweep } from "./aws/sweep.ts";
import { uploadSigner } from "./aws/upload-signer.ts";
import { uploadsBegun } from "./aws/uploads-begun.ts";
import { spendingAt } from "./costs/spending.ts";
import { type ApiEnv, type ExportPlace, envOf, readEnv } from "./env.ts";
import { createHealth } from "./regions/health.ts";
import { homeCatalog } from "./regions/home-catalog.ts";
import { reminding } from "./reminder.ts";

const env = readEnv<ApiEnv>(envOf.api);
// Browsers send no checksum of the SDK's, so none may be signed.
const s3 = new S3Client({ requestChecksumCalculation: "WHEN_REQUIRED" });
// A queue's URL names its host; the SDK would take that over the endpoint it is given.
const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });
const [shared, doorSecret] = await Promise.all([runtime(env, { actor: "api" }), readSecret(env.DOOR_SECRET)]);
// An empty one would open the door to everybody who says nothing.
if (!doorSecret) throw new Error(`DOOR_SECRET_EMPTY: expected a text in the secret ${env.DOOR_SECRET}. Set it anew.`);
const people = dynamoPeople(shared.documents, env.CATALOG_TABLE);
const { place, documents, now } = shared;
const queueAsked = { QueueUrl: env.INTAKE_QUEUE_URL, AttributeNames: ["ApproximateNumberOfMessages" as const] };
const here = ownReplica(documents, env.CATALOG_TABLE, place.region);
const peers = peersOf(env, place.region);
const isOut = async (region: string) => (await here.state(region))?.out ?? false;
const sweepOf = (region: string) => catalogSweep(documents, env.CATALOG_TABLE, region);
const listIncoming = listObjectsOf(s3, env.INCOMING_BUCKET);
const reminders = dynamoReminders(shared.documents, env.CATALOG_TABLE);

/** A function URL with IAM authorisation says who calls; the page's HTTP API says nothing of the kind. */
type Bindings = { readonly event?: APIGatewayProxyEventV2WithIAMAuthorizer };

const api = createApi({
  ...shared,
  catalog: homeCatalog({
    own: place.region,
    here: shared.catalog,
    elsewhere: new Map(peers.map(({ region, catalog }) => [region, catalog])),
    isOut,
  }),
  regions: env.REGIONS,
  here,
  peers,
  sweepOf,
  health: createHealth({
    state: () => here.state(place.region),
    proofs: {
      bucket: () => listIncoming({ limit: 1 }),
      queue: () => sqs.send(new GetQueueAttributesCommand(queueAsked)),
    },
    now,
    fault,
  }),
  siteUrl: env.SITE_URL,
  doorSecret,
  operatorOf: (bindings) => (bindings as Bindings).event?.requestContext.authorizer?.iam?.userArn,
  fault,
  people,
  count: people.count,
  invited: env.PEOPLE,
  quotas: env.QUOTAS,
  limits: env.LIMITS,
  mail: env.MAIL,
  send: sesMailer(new SESv2Client(), env.MAIL?.from ?? ""),
  rest: setTimeout,
  working: s3Store(s3, env.WORKING_BUCKET),
  workingElsewhere: new Map(
    env.WORKING_ELSEWHERE.map(({ region, working }) => [region, s3Store(new S3Client(impatient(region)), working)]),
  ),
  signer: uploadSigner(s3, env.INCOMING_BUCKET),
  begun: uploadsBegun(shared.documents, env.CATALOG_TABLE),
  audit: auditTrail(shared.documents, env.CATALOG_TABLE),
  letters: s3DeadLetters(s3, env.DEAD_LETTERS_BUCKET, env.OWN_ACTORS),
  queues: env.DEAD_QUEUES.filter(isSentBack).map((queue) => sqsDeadQueue(sqs, queue)),
  unheard: env.DEAD_QUEUES.filter(({ to }) => to === undefined).map((queue) => sqsDeadAnnouncements(sqs, queue)),
  callAgain: (call) => invokeLater(new LambdaClient(), call.function)(call.event),
  sweep: sweepOf(place.region),
  listWorking: listObjectsOf(s3, env.WORKING_BUCKET),
  listIncoming,
  announce: announceTo(sqs, env.INTAKE_QUEUE_URL, env.INCOMING_BUCKET),
  reminders,
  remind: reminding(reminders, env.KEEPING),
  sources: env.SOURCES,
  standing: standings(shared.documents, env.CATALOG_TABLE),
  spending: spendingAt({
    ledger: costLedger(shared.documents, env.CATALOG_TABLE, env.COSTS.timeZone),
    terms: env.COSTS,
  }),
  exporting: env.EXPORT === null ? undefined : exporting(env.EXPORT),
  wakeDigest: env.DIGEST_FUNCTION === "" ? undefined : invokeLater(new LambdaClient(), env.DIGEST_FUNCTION),
});

function exporting(place: ExportPlace): Exporting {
  const { function: functionName, ...named } = place;
  return {
    place: named,
    store: s3Store(s3, place.bucket),
    sign: downloads(s3, place.bucket),
    wake: invokeLater(new LambdaClient(), functionName),
  };
}

export const handler = spoken(handle(api));
