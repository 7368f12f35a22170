import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { createS3, type S3, type S3Options } from "../local/aws/s3/s3.ts";
import type { ObjectCreated } from "../local/aws/s3/types.ts";
import type { Call, Identity } from "../local/aws/types.ts";
import type { S3Rig } from "./contract/s3/rig.ts";

export const credentials = { accessKeyId: "AKIAOPERATOR00000000", secretAccessKey: "operator-secret" };
export const operator: Identity = { ...credentials, arn: "arn:aws:iam::111122223333:user/operator", policies: [] };
export const cors = {
  allowedOrigins: ["https://app.example"],
  allowedMethods: ["POST", "GET", "PUT"],
  allowedHeaders: ["Content-Type", "x-amz-meta-*"],
  exposeHeaders: ["etag"],
  maxAgeSeconds: 300,
};

export interface Laptop extends S3Rig {
  readonly s3: S3;
  readonly dir: string;
  readonly events: ObjectCreated[];
  /** What the operator was asked to be allowed to do. */
  readonly calls: Call[];
}

export type LaptopOptions = Partial<S3Options> & { readonly authorize?: S3Options["deps"]["authorize"] };

/** The laptop's S3 on a port of its own: a bucket that notifies, one that does not, and one with versions. */
export async function startLaptop({
  authorize = () => ({ allowed: true }),
  ...options
}: LaptopOptions = {}): Promise<Laptop> {
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), "darkroom-s3-")));
  const events: ObjectCreated[] = [];
  const calls: Call[] = [];
  const bucket = (name: string, more = {}) => ({ name, arn: `arn:aws:s3:::${name}`, ...more });
  const s3 = createS3({
    dir,
    buckets: [
      bucket("incoming", { cors: [cors], notifies: true }),
      bucket("working"),
      bucket("kept", { versioned: true }),
    ],
    onCreated: async (event) => {
      events.push(event);
    },
    deps: {
      identityOf: (id) => (id === operator.accessKeyId ? operator : undefined),
      authorize(identity, call) {
        calls.push(call);
        return authorize(identity, call);
      },
    },
    ...options,
  });
  const server = createServer(s3.endpoint);
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  return {
    s3,
    dir,
    events,
    calls,
    endpoint: `http://127.0.0.1:${port}${options.mount ?? "/aws/s3"}`,
    region: "eu-west-1",
    credentials,
    bucket: "incoming",
    other: "working",
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
      await s3.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** As `startLaptop`, for one test. */
export async function laptop(options: LaptopOptions = {}): Promise<Laptop> {
  const started = await startLaptop(options);
  onTestFinished(started.close);
  return started;
}
