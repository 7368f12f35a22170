import { HeadObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { expect, vi } from "vitest";
import { dynamoCatalog } from "../../handlers/aws/catalog.ts";
import { s3ColdStore } from "../../handlers/aws/cold-store.ts";
import { s3Store } from "../../handlers/aws/object-store.ts";
import { catalogSweep } from "../../handlers/aws/sweep.ts";
import type { TableConfig } from "../../local/aws/dynamodb/types.ts";
import { tablesOf } from "../../local/wiring/tables.ts";
import {
  type CatalogRig,
  type ColdStoreRig,
  catalogContract,
  coldStoreContract,
  type ObjectStoreRig,
  objectStoreContract,
} from "../contract/ports.ts";
import { clientOf } from "../contract/s3/rig.ts";
import { openTable, region } from "../dynamodb-rig.ts";
import { memoryColdStore } from "../fixtures/memory-archive.ts";
import { memoryBuckets, memoryCatalog } from "../fixtures/memory-ports.ts";
import { memorySweep } from "../fixtures/memory-reconcile.ts";
import { stackGraph } from "../graph/stacks.ts";
import { startLaptop } from "../s3-rig.ts";

objectStoreContract("in memory", async () => {
  const store = memoryBuckets("one", "two", "versioned");
  return {
    store: store("one"),
    other: store("two"),
    absent: store("three"),
    versioned: store("versioned"),
    put: async (key, bytes, said) => store("one").put(key, bytes, said),
    cacheControlOf: async (key) => store("one").objects.get(key)?.cacheControl,
    close: async () => {},
  };
});
objectStoreContract("on S3", s3Rig);

catalogContract("in memory", async () => {
  const catalog = memoryCatalog();
  return { catalog, sweep: memorySweep({ catalog }, 7), close: async () => {} };
});
coldStoreContract("in memory", async () => {
  const store = memoryBuckets("working", "archived");
  const archived = memoryColdStore(store("archived"), store);
  return { store: store("working"), archived, thawed: async () => void archived.thawed(), close: async () => {} };
});
coldStoreContract("on S3", s3ColdRig);

catalogContract("on DynamoDB, in the table that the stack makes", dynamoRig);

async function s3Rig(): Promise<ObjectStoreRig> {
  const laptop = await startLaptop();
  const client = clientOf(laptop);
  const Bucket = laptop.bucket;
  return {
    store: s3Store(client, Bucket),
    other: s3Store(client, laptop.other),
    absent: s3Store(client, "nobodys-bucket"),
    versioned: s3Store(client, "kept"),
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

async function s3ColdRig(): Promise<ColdStoreRig> {
  const laptop = await startLaptop({ restoreAfterMs: 1500 });
  const client = clientOf(laptop);
  return {
    store: s3Store(client, laptop.other),
    archived: s3ColdStore(client, "kept"),
    async thawed(Key) {
      const restored = async () =>
        (await client.send(new HeadObjectCommand({ Bucket: "kept", Key }))).Restore?.startsWith(
          'ongoing-request="false", expiry-date="',
        );
      await vi.waitFor(async () => expect(await restored()).toBe(true), { timeout: 20_000 });
    },
    async close() {
      client.destroy();
      await laptop.close();
    },
  };
}

let graph: ReturnType<typeof stackGraph> | undefined;

async function dynamoRig(): Promise<CatalogRig> {
  graph ??= stackGraph("dev");
  const [table] = tablesOf(await graph) as [TableConfig];
  const { documents, end } = await openTable(table);
  return {
    catalog: dynamoCatalog(documents, table.name),
    sweep: catalogSweep(documents, table.name, region),
    close: end,
  };
}
