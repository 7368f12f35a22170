import { S3Client } from "@aws-sdk/client-s3";
import { moderatorFor } from "../providers/moderators/index.ts";
import { pursesOf } from "./aws/costs.ts";
import { emfMeasure } from "./aws/metrics.ts";
import { s3Store } from "./aws/object-store.ts";
import { chainRuntime, onPictureChange } from "./aws/runtime.ts";
import { readSecret } from "./aws/secret.ts";
import { envOf, type ModerateEnv, readEnv } from "./env.ts";
import { createModerate } from "./moderate.ts";

const env = readEnv<ModerateEnv>(envOf.moderate);
const deps = await chainRuntime(env, { actor: "moderate" });

export const handler = onPictureChange(
  "received",
  createModerate({
    ...deps,
    working: s3Store(new S3Client(), env.WORKING_BUCKET),
    moderator: await moderatorFor(env.MODERATION, {
      secret: () => readSecret(env.MODERATOR_SECRET),
      purseOf: pursesOf(env, deps),
    }),
    moderation: env.MODERATION,
    limits: env.LIMITS,
    measureOf: (Moderator, Answer) => emfMeasure({ Environment: env.ENVIRONMENT, Moderator, Answer }),
  }),
);
