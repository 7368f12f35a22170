import { CreateBucketCommand, PutBucketCorsCommand } from "@aws-sdk/client-s3";
import { it } from "vitest";
import { clientOf } from "../contract/s3/rig.ts";
import { type S3Rig, s3Contract } from "../contract/s3.ts";
import { cors, startLaptop } from "../s3-rig.ts";

s3Contract("the laptop's own", startLaptop);

// Any other S3: its address in S3_CONTRACT_ENDPOINT, credentials and Region where the AWS SDK looks for them.
const elsewhere = process.env.S3_CONTRACT_ENDPOINT;
if (elsewhere) s3Contract(elsewhere, () => rigElsewhere(elsewhere));
else it.skip("S3 elsewhere: S3_CONTRACT_ENDPOINT is not set", () => {});

async function rigElsewhere(endpoint: string): Promise<S3Rig> {
  const {
    AWS_ACCESS_KEY_ID = "",
    AWS_SECRET_ACCESS_KEY = "",
    AWS_SESSION_TOKEN,
    AWS_REGION = "us-east-1",
  } = process.env;
  const name = `darkroom-contract-${Date.now()}`;
  const rig: S3Rig = {
    endpoint,
    region: AWS_REGION,
    credentials: {
      accessKeyId: AWS_ACCESS_KEY_ID,
      secretAccessKey: AWS_SECRET_ACCESS_KEY,
      sessionToken: AWS_SESSION_TOKEN,
    },
    bucket: name,
    other: `${name}-other`,
    close: async () => {},
  };
  const client = clientOf(rig);
  const place =
    AWS_REGION === "us-east-1" ? {} : { CreateBucketConfiguration: { LocationConstraint: AWS_REGION as "eu-west-1" } };
  for (const Bucket of [rig.bucket, rig.other]) await client.send(new CreateBucketCommand({ Bucket, ...place }));
  const rule = {
    AllowedOrigins: cors.allowedOrigins,
    AllowedMethods: cors.allowedMethods,
    AllowedHeaders: cors.allowedHeaders,
    ExposeHeaders: cors.exposeHeaders,
    MaxAgeSeconds: cors.maxAgeSeconds,
  };
  await client.send(new PutBucketCorsCommand({ Bucket: rig.bucket, CORSConfiguration: { CORSRules: [rule] } }));
  return rig;
}
