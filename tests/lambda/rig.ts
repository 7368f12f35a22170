import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll } from "vitest";
import { createFunction } from "../../local/lambda/function.ts";
import { createMetadata, type Metadata } from "../../local/lambda/metadata.ts";
import type { FunctionConfig, FunctionDeps, FunctionLog, LambdaFunction, Outcome } from "../../local/lambda/types.ts";

/** Functions of the fixtures' bundles, for the tests of a file; each is closed after its test. */
export function functionRig() {
  let metadata: Metadata;
  const open: LambdaFunction[] = [];
  const lines: FunctionLog[] = [];
  beforeAll(async () => {
    metadata = await createMetadata({ region: config.region });
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((fn) => fn.close(0)));
    lines.length = 0;
  });
  afterAll(() => metadata.close());

  return {
    /** What the functions of this test have said. */
    lines,
    get metadata() {
      return metadata;
    },
    start(change: Partial<FunctionConfig> = {}, deps: Partial<FunctionDeps> = {}): LambdaFunction {
      const endpoints = { AWS_ENDPOINT_URL_S3: "http://127.0.0.1:4000/aws/s3" };
      const fn = createFunction(
        { ...config, ...change },
        { log: (line) => lines.push(line), endpoints, metadata, ...deps },
      );
      open.push(fn);
      return fn;
    },
  };
}

export const fixture = (path: string) => fileURLToPath(new URL(`../fixtures/${path}`, import.meta.url));
export const config: FunctionConfig = {
  name: "echo",
  arn: "arn:aws:lambda:eu-west-1:000000000000:function:echo",
  codeDir: fixture("functions/echo"),
  handler: "index.handler",
  runtime: "nodejs24.x",
  memoryMb: 256,
  timeoutSeconds: 20,
  environment: { CATALOG_TABLE: "pictures", LIMITS: '{"maxBytes":1}' },
  identity: {
    arn: "arn:aws:sts::000000000000:assumed-role/echo/echo",
    accessKeyId: "AKIATEST",
    secretAccessKey: "secret",
    policies: [],
  },
  region: "eu-west-1",
};
export const resultOf = <T>(outcome: Outcome) => (outcome as { result: T }).result;
