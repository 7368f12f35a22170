import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { expect, it, onTestFinished, vi } from "vitest";
import { createS3, type S3, type S3Options } from "../../local/aws/s3/s3.ts";
import type { BucketConfig, ObjectCreated } from "../../local/aws/s3/types.ts";
import { credentials, operator } from "../s3-rig.ts";

const [home, away] = ["eu-west-1", "eu-central-1"];

/** Two buckets in two Regions that copy everything below `kept/` to each other. */
const pair: readonly BucketConfig[] = [
  { ...bucket("home", home), replication: [{ to: "away", prefix: "kept/", deletions: true }] },
  { ...bucket("away", away), replication: [{ to: "home", prefix: "kept/", deletions: true }], notifies: true },
];

function bucket(name: string, region: string): BucketConfig {
  return { name, region, arn: `arn:aws:s3:::${name}`, versioned: true };
}

async function rigOf(options: Partial<S3Options> = {}) {
  const dir = await mkdtemp(join(tmpdir(), "darkroom-s3-regions-"));
  const events: ObjectCreated[] = [];
  let s3: S3;
  const server = createServer((request, response) => void s3.endpoint(request, response));
  function open(more: Partial<S3Options> = {}) {
    s3 = createS3({
      dir,
      buckets: pair,
      onCreated: async (event) => void events.push(event),
      deps: { identityOf: () => operator, authorize: () => ({ allowed: true }) },
      ...options,
      ...more,
    });
    s3.start();
  }
  open();
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/aws/s3`;
  const client = new S3Client({ endpoint, region: home, credentials, forcePathStyle: true, maxAttempts: 1 });
  onTestFinished(async () => {
    client.destroy();
    server.closeAllConnections();
    server.close();
    await s3.close();
    await rm(dir, { recursive: true, force: true });
  });
  const head = (Bucket: string, Key: string) =>
    client.send(new HeadObjectCommand({ Bucket, Key })).catch(() => undefined);
  return {
    client,
    events,
    open,
    s3: () => s3,
    head,
    put: (Bucket: string, Key: string, Body: string, more: object = {}) =>
      client.send(new PutObjectCommand({ Bucket, Key, Body, ...more })),
    remove: (Bucket: string, Key: string) => client.send(new DeleteObjectCommand({ Bucket, Key })),
    keys: async (Bucket: string) =>
      ((await client.send(new ListObjectsV2Command({ Bucket }))).Contents ?? []).map(({ Key }) => Key),
    async text(Bucket: string, Key: string) {
      const found = await client.send(new GetObjectCommand({ Bucket, Key })).catch(() => undefined);
      return found?.Body?.transformToString();
    },
  };
}
const soon = (look: () => Promise<void>) => vi.waitFor(look, 5000);

it("copies an object with all that is said of it, its version and its time", async () => {
  const { put, head, client, keys, text } = await rigOf();
  const said = { ContentType: "image/webp", CacheControl: "max-age=1", Metadata: { by: "me" }, Tagging: "a=1&b=2" };
  await put("home", "kept/a", "hello", said);
  await put("home", "elsewhere/b", "not this");
  await put("home", "kept/cold", "nor this", { StorageClass: "DEEP_ARCHIVE" });
  await soon(async () => expect(await text("away", "kept/a")).toBe("hello"));
  const [one, other] = [await head("home", "kept/a"), await head("away", "kept/a")];
  expect(other).toMatchObject({ ContentType: "image/webp", CacheControl: "max-age=1", Metadata: { by: "me" } });
  for (const same of ["ETag", "VersionId", "LastModified", "ContentLength"] as const)
    expect(other?.[same]).toEqual(one?.[same]);
  const { TagSet } = await client.send(new GetObjectTaggingCommand({ Bucket: "away", Key: "kept/a" }));
  expect(TagSet).toHaveLength(2);
  expect(await keys("away")).toEqual(["kept/a"]);
});

it("says how far it has come, and never copies a copy", async () => {
  const { put, head, s3, events } = await rigOf();
  await s3().cut(away);
  await put("home", "kept/a", "hello");
  expect(await head("home", "kept/a")).toMatchObject({ ReplicationStatus: "PENDING" });
  s3().rejoin(away);
  await soon(async () => expect(await head("home", "kept/a")).toMatchObject({ ReplicationStatus: "COMPLETED" }));
  expect(await head("away", "kept/a")).toMatchObject({ ReplicationStatus: "REPLICA" });
  expect(s3().store("away")?.get("kept/a")?.replication).toBe("REPLICA");
  expect(events).toMatchObject([{ bucket: "away", key: "kept/a", reason: "PutObject" }]);
});

it("lets time pass until the other bucket has it", async () => {
  const { put, head } = await rigOf({ replicationDelayMs: 400 });
  await put("home", "kept/a", "hello");
  expect(await head("away", "kept/a")).toBeUndefined();
  await soon(async () => expect(await head("away", "kept/a")).toBeDefined());
});

it("copies deletions, and tags that come later", async () => {
  const { put, head, remove, client } = await rigOf();
  await put("home", "kept/a", "hello");
  await soon(async () => expect(await head("away", "kept/a")).toBeDefined());
  const Tagging = { TagSet: [{ Key: "late", Value: "yes" }] };
  await client.send(new PutObjectTaggingCommand({ Bucket: "home", Key: "kept/a", Tagging }));
  await soon(async () => {
    const read = await client.send(new GetObjectTaggingCommand({ Bucket: "away", Key: "kept/a" }));
    expect(read.TagSet).toEqual(Tagging.TagSet);
  });
  await remove("away", "kept/a");
  await soon(async () => expect(await head("home", "kept/a")).toBeUndefined());
});

it("keeps the later of two objects, and no deletion that came before it", async () => {
  const { put, text, remove, s3 } = await rigOf();
  await put("home", "kept/b", "first");
  await soon(async () => expect(await text("away", "kept/b")).toBe("first"));
  await s3().cut(away);
  await put("home", "kept/a", "earlier");
  await remove("home", "kept/b");
  await new Promise((resolve) => setTimeout(resolve, 5));
  await put("away", "kept/a", "later");
  await put("away", "kept/b", "second");
  s3().rejoin(away);
  for (const bucket of ["home", "away"])
    await soon(async () => {
      expect(await text(bucket, "kept/a")).toBe("later");
      expect(await text(bucket, "kept/b")).toBe("second");
    });
});

it("goes on after a restart with what was on its way", async () => {
  const { put, text, remove, s3, open } = await rigOf({ replicationDelayMs: 100 });
  await put("home", "kept/gone", "soon gone");
  await soon(async () => expect(await text("away", "kept/gone")).toBe("soon gone"));
  await s3().cut(away);
  await put("home", "kept/a", "hello");
  await remove("home", "kept/gone");
  await s3().close();
  open();
  await soon(async () => expect(await text("away", "kept/a")).toBe("hello"));
  await soon(async () => expect(await text("away", "kept/gone")).toBeUndefined());
});

it("refuses what AWS would refuse: a bucket without versions, or none at all", () => {
  const [first] = pair as [BucketConfig];
  for (const other of [[], [{ ...bucket("away", away), versioned: false }]])
    expect(() =>
      createS3({
        dir: "never-made",
        buckets: [first, ...other],
        onCreated: async () => {},
        deps: { identityOf: () => operator, authorize: () => ({ allowed: true }) },
      }),
    ).toThrow(/^REPLICATION_BROKEN/);
});
