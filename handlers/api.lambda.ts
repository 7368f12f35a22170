import { S3Client } from "@aws-sdk/client-s3";
import { createPresignedPost } from "@aws-sdk/s3-presigned-post";
import type { APIGatewayProxyEventV2WithIAMAuthorizer } from "aws-lambda";
import { handle } from "hono/aws-lambda";

import { createApi } from "./api.ts";
import { runtime } from "./aws/runtime.ts";
import { type ApiEnv, envOf, readEnv } from "./env.ts";

const env = readEnv<ApiEnv>(envOf.api);
const s3 = new S3Client();
const { catalog, now } = await runtime(env);

/** A function URL with IAM authorisation says who calls; nobody else gets this far. */
type Bindings = { readonly event?: APIGatewayProxyEventV2WithIAMAuthorizer };

const api = createApi({
  catalog,
  now,
  limits: env.LIMITS,
  callerOf: (bindings) => (bindings as Bindings).event?.requestContext.authorizer?.iam?.userArn ?? "unknown",
  sign: ({ key, type, bytes, metadata }) =>
    createPresignedPost(s3, {
      Bucket: env.INCOMING_BUCKET,
      Key: key,
      Expires: 600,
      Fields: {
        "Content-Type": type,
        ...Object.fromEntries(Object.entries(metadata).map(([name, value]) => [`x-amz-meta-${name}`, value])),
      },
      Conditions: [["content-length-range", bytes, bytes]],
    }),
});

export const handler = handle(api);
