import { SESv2Client } from "@aws-sdk/client-sesv2";
import { costLedger } from "./aws/cost-ledger.ts";
import { digestClaims } from "./aws/digest-claims.ts";
import { spoken } from "./aws/log.ts";
import { sesMailer } from "./aws/mailer.ts";
import { runtime } from "./aws/runtime.ts";
import { standings } from "./aws/standings.ts";
import { costsOfDay } from "./costs/spending.ts";
import { createDigest, type DigestCall } from "./digest/digest.ts";
import { type DigestEnv, envOf, readEnv } from "./env.ts";
import { standingOf } from "./standing.ts";

const env = readEnv<DigestEnv>(envOf.digest);
const { documents, ...shared } = await runtime(env, { actor: "digest" });
const kept = standings(documents, env.CATALOG_TABLE);

const digest = createDigest({
  ...shared,
  ...digestClaims(documents, env.CATALOG_TABLE, shared.now),
  standings: () => Promise.all(env.SOURCES.map(async (source) => standingOf(source, await kept(source.name)))),
  costs: costsOfDay({ ledger: costLedger(documents, env.CATALOG_TABLE, env.COSTS.timeZone), terms: env.COSTS }),
  send: sesMailer(new SESv2Client(), env.MAIL.from),
  to: env.DIGEST.to,
  timeZone: env.DIGEST.at.timeZone,
  environment: env.ENVIRONMENT,
  siteUrl: env.SITE_URL,
});

export const handler = spoken((event: DigestCall) => digest(event));
