import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { HeadObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { describe, expect, it, onTestFinished } from "vitest";
import { dynamoCatalog } from "../../handlers/aws/catalog.ts";
import { s3Store } from "../../handlers/aws/object-store.ts";
import type { TableConfig } from "../../local/aws/dynamodb/types.ts";
import { type CatalogRig, catalogContract, type ObjectStoreRig, objectStoreContract } from "../contract/ports.ts";
import { clientOf } from "../contract/s3/rig.ts";
import { caller, createRig, region } from "../dynamodb-rig.ts";
import { memoryBuckets, memoryCatalog } from "../fixtures/memory-ports.ts";
import { startLaptop } from "../s3-rig.ts";

objectStoreContract("in memory", async () => {
  const store = memoryBuckets("one", "two");
  return {
    store: store("one"),
    other: store("two"),
    absent: store("three"),
    put: async (key, bytes, said) => store("one").put(key, bytes, said),
    cacheControlOf: async (key) => store("one").objects.get(key)?.cacheControl,
    close: async () => {},
  };
});
objectStoreContract("on S3", s3Rig);

catalogContract("in memory", async () => {
  const clock = { now: new Date() };
  return { clock, catalog: memoryCatalog(() => clock.now), close: async () => {} };
});
catalogContract("on DynamoDB", dynamoRig);

describe("Catalog: on DynamoDB", () => {
  it("does not walk through the days to come when a page is asked for from the far future", async () => {
    const { catalog, calls, close } = await dynamoRig({ mostCalls: 1000 });
    onTestFinished(close);
    expect(await catalog.list({ limit: 1, next: "9999-12-31T00:00:00.000Z" })).toEqual({ pictures: [] });
    expect(calls()).toBeLessThan(300);
  });
});

async function s3Rig(): Promise<ObjectStoreRig> {
  const laptop = await startLaptop();
  const client = clientOf(laptop);
  const Bucket = laptop.bucket;
  return {
    store: s3Store(client, Bucket),
    other: s3Store(client, laptop.other),
    absent: s3Store(client, "nobodys-bucket"),
    async put(Key, Body, { contentType, metadata }) {
      await client.send(new PutObjectCommand({ Bucket, Key, Body, ContentType: contentType, Metadata: metadata }));
    },
    cacheControlOf: async (Key) => (await client.send(new HeadObjectCommand({ Bucket, Key }))).CacheControl,
    async close() {
      client.destroy();
      await laptop.close();
    },
  };
}

async function dynamoRig({ mostCalls = Number.POSITIVE_INFINITY } = {}): Promise<CatalogRig & { calls(): number }> {
  const rig = await createRig();
  await rig.close();
  await rig.open(pictures);
  const plain = new DynamoDBClient({
    region,
    endpoint: `http://127.0.0.1:${rig.port()}/aws/dynamodb`,
    credentials: { accessKeyId: caller.accessKeyId, secretAccessKey: caller.secretAccessKey },
    maxAttempts: 1,
  });
  let calls = 0;
  plain.middlewareStack.add((next) => async (args) => {
    if (++calls > mostCalls) throw new Error(`Expected at most ${mostCalls} calls.`);
    return next(args);
  });
  const client = DynamoDBDocumentClient.from(plain, { marshallOptions: { removeUndefinedValues: true } });
  const clock = { now: new Date() };
  return {
    clock,
    catalog: dynamoCatalog(client, pictures.name, () => clock.now),
    calls: () => calls,
    async close() {
      client.destroy();
      plain.destroy();
      await rig.end();
    },
  };
}

/** As components/catalog.ts makes it. */
const pictures: TableConfig = {
  name: "pictures",
  arn: `arn:aws:dynamodb:${region}:111122223333:table/pictures`,
  hashKey: "pk",
  rangeKey: "sk",
  attributes: ["pk", "sk", "day", "enteredAt"].map((name) => ({ name, type: "S" })),
  indexes: [{ name: "by-day", hashKey: "day", rangeKey: "enteredAt", projection: "ALL" }],
  ttlAttribute: "expiresAt",
  streams: false,
  region,
};
