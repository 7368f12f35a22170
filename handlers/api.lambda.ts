import { setTimeout } from "node:timers/promises";
import { Logger } from "@aws-lambda-powertools/logger";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { S3Client } from "@aws-sdk/client-s3";
import { SESv2Client } from "@aws-sdk/client-sesv2";
import type { APIGatewayProxyEventV2WithIAMAuthorizer } from "aws-lambda";
import { handle } from "hono/aws-lambda";

import { createApi } from "./api/app.ts";
import { auditTrail } from "./aws/audit.ts";
import { invokeLater } from "./aws/invoke.ts";
import { sesMailer } from "./aws/mailer.ts";
import { s3Store } from "./aws/object-store.ts";
import { dynamoPeople } from "./aws/people.ts";
import { dynamoReminders } from "./aws/reminders.ts";
import { runtime } from "./aws/runtime.ts";
import { readSecret } from "./aws/secret.ts";
import { standings } from "./aws/standings.ts";
import { uploadSigner } from "./aws/upload-signer.ts";
import { uploadsBegun } from "./aws/uploads-begun.ts";
import { type ApiEnv, envOf, readEnv } from "./env.ts";
import { reminding } from "./reminder.ts";

const env = readEnv<ApiEnv>(envOf.api);
// Browsers send no checksum of the SDK's, so none may be signed.
const s3 = new S3Client({ requestChecksumCalculation: "WHEN_REQUIRED" });
const logger = new Logger();
const [shared, doorSecret] = await Promise.all([runtime(env), readSecret(env.DOOR_SECRET)]);
// An empty one would open the door to everybody who says nothing.
if (!doorSecret) throw new Error(`DOOR_SECRET_EMPTY: expected a text in the secret ${env.DOOR_SECRET}. Set it anew.`);
const people = dynamoPeople(shared.documents, env.CATALOG_TABLE);

/** A function URL with IAM authorisation says who calls; the page's HTTP API says nothing of the kind. */
type Bindings = { readonly event?: APIGatewayProxyEventV2WithIAMAuthorizer };

const api = createApi({
  ...shared,
  siteUrl: env.SITE_URL,
  doorSecret,
  operatorOf: (bindings) => (bindings as Bindings).event?.requestContext.authorizer?.iam?.userArn,
  fault: (error) => logger.error("failed", { error: error as Error }),
  people,
  count: people.count,
  invited: env.PEOPLE,
  quotas: env.QUOTAS,
  limits: env.LIMITS,
  mail: env.MAIL,
  send: sesMailer(new SESv2Client(), env.MAIL?.from ?? ""),
  rest: setTimeout,
  working: s3Store(s3, env.WORKING_BUCKET),
  signer: uploadSigner(s3, env.INCOMING_BUCKET),
  begun: uploadsBegun(shared.documents, env.CATALOG_TABLE),
  audit: auditTrail(shared.documents, env.CATALOG_TABLE),
  remind: reminding(dynamoReminders(shared.documents, env.CATALOG_TABLE), env.KEEPING),
  sources: env.SOURCES,
  standing: standings(shared.documents, env.CATALOG_TABLE),
  wakeDigest: env.DIGEST_FUNCTION === "" ? undefined : invokeLater(new LambdaClient(), env.DIGEST_FUNCTION),
});

export const handler = handle(api);
