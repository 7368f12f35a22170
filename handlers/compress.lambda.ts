import { S3Client } from "@aws-sdk/client-s3";
import { compressorFor } from "../providers/compressors/index.ts";
import { pursesOf } from "./aws/costs.ts";
import { s3Store } from "./aws/object-store.ts";
import { chainRuntime, onPictureChange } from "./aws/runtime.ts";
import { readSecret } from "./aws/secret.ts";
import { createCompress } from "./compress.ts";
import { type CompressEnv, envOf, readEnv } from "./env.ts";

const env = readEnv<CompressEnv>(envOf.compress);
const deps = await chainRuntime(env, { actor: "compress" });
const tinifyKey = await readSecret(env.TINIFY_SECRET);
// One for all pictures: it remembers that nothing is left.
const purse = pursesOf(env, deps)("tinify");

export const handler = onPictureChange(
  "resized",
  createCompress({
    ...deps,
    working: s3Store(new S3Client(), env.WORKING_BUCKET),
    compressorOf: (pictureId) =>
      compressorFor(env.COMPRESSION, { tinifyKey, purse, mayCall: (effect) => deps.catalog.once(pictureId, effect) }),
    publishedUrl: env.PUBLISHED_URL,
  }),
);
