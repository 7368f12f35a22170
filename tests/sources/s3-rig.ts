import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { createS3 } from "../../local/aws/s3/s3.ts";
import type { Authorize } from "../../local/aws/types.ts";
import { type S3SourceDeps, s3Source } from "../../providers/sources/s3.ts";
import { type Abilities, allAbilities, type FaultProxy, faultProxy, type SourceRig } from "../contract/source.ts";
import { credentials, operator } from "../s3-rig.ts";

export const s3Abilities: Abilities = {
  ...allAbilities,
  deletes: "a listing does not see what is gone",
  resets: "its cursors are never forgotten",
};

export interface S3SourceRig extends SourceRig {
  /** The owner's, without faults. */
  readonly client: S3Client;
  readonly bucket: string;
  readonly proxy: FaultProxy;
  source(more?: Partial<S3SourceDeps>): ReturnType<typeof s3Source>;
  /** Decides about the calls of the sources from now on. */
  authorize(how: Authorize): void;
}

/** The laptop's S3 with an empty bucket, behind a proxy that makes trouble. */
export async function s3Rig(): Promise<S3SourceRig> {
  const dir = await mkdtemp(join(tmpdir(), "darkroom-s3-source-"));
  const bucket = `source-${randomUUID()}`;
  let authorize: Authorize = () => ({ allowed: true });
  const s3 = createS3({
    dir,
    buckets: [{ name: bucket, arn: `arn:aws:s3:::${bucket}` }],
    onCreated: async () => {},
    deps: {
      identityOf: (id) => (id === operator.accessKeyId ? operator : undefined),
      authorize: (identity, call) => authorize(identity, call),
    },
  });
  const server = createServer(s3.endpoint);
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const proxy = await faultProxy({
    to: origin,
    isDownload: ({ method, url }) => method === "GET" && !url?.includes("list-type"),
    isWrite: ({ method }) => method === "PUT",
    rateLimited: (response, seconds) =>
      void response.writeHead(503, { "retry-after": String(seconds) }).end(errorOf("SlowDown")),
    revoked: (response) => void response.writeHead(403).end(errorOf("InvalidAccessKeyId")),
  });
  const settings = { region: "eu-west-1", forcePathStyle: true };
  const client = new S3Client({ ...settings, endpoint: `${origin}/aws/s3`, credentials });
  const source = (more: Partial<S3SourceDeps> = {}) =>
    s3Source({
      ...settings,
      name: "raw",
      bucket,
      endpoint: `${proxy.origin}/aws/s3`,
      client: { credentials, maxAttempts: 1 },
      writeBack: "web",
      pageSize: 8,
      ...more,
    });

  return {
    client,
    bucket,
    proxy,
    source,
    authorize(how) {
      authorize = how;
    },
    fresh: (patience) => source({ patience: { wait: async () => {}, ...patience } }),
    foreign: () => source({ name: "elsewhere" }),
    async put(path, bytes, more) {
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: path, Body: bytes, ContentType: more?.mime }));
    },
    async remove(path) {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: path }));
    },
    async bytesOf(path) {
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: path }));
        return Buffer.from(await Body!.transformToByteArray());
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    },
    async paths() {
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket }));
      return Contents.map(({ Key }) => Key!);
    },
    writtenPath: (path) => `web/${path}`,
    faults: proxy.faults,
    async close() {
      client.destroy();
      await proxy.close();
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
      await s3.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

export const errorOf = (code: string, more = "") =>
  `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>as told</Message>${more}</Error>`;
