import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { S3 } from "../aws/s3/s3.ts";
import type { BucketStore } from "../aws/s3/store.ts";
import type { ObjectMeta } from "../aws/s3/types.ts";
import type { Graph, Resource } from "../graph.ts";
import { ofType, text } from "../lookup.ts";

/**
 * Puts the objects of the graph into their buckets, in the place of older ones, and removes from
 * these buckets what the graph has no longer: they are the graph's alone.
 */
export async function putBucketObjects(graph: Graph, s3: Pick<S3, "store">): Promise<void> {
  const objects = ofType(graph, "aws:s3/bucketObjectv2:BucketObjectv2");
  for (const [bucket, mine] of Map.groupBy(objects, (object) => text(object, "bucket", "inputs"))) {
    const store = s3.store(bucket);
    if (store === undefined)
      throw new Error(`GRAPH_BROKEN: ${mine[0]?.name} is for bucket ${bucket}, which the graph has not.`);
    for (const object of mine) await put(store, object);
    const keys = new Set(mine.map((object) => text(object, "key", "inputs")));
    for (const key of store.keys()) if (!keys.has(key)) store.remove(key);
  }
}

async function put(store: BucketStore, object: Resource): Promise<void> {
  const {
    source,
    contentType = "binary/octet-stream",
    cacheControl,
  } = object.inputs as {
    readonly source?: { readonly path?: string };
    readonly contentType?: string;
    readonly cacheControl?: string;
  };
  if (source?.path === undefined)
    throw new Error(
      `GRAPH_BROKEN: expected object ${object.name} to have a file as its source, received ${JSON.stringify(source)}.`,
    );
  const key = text(object, "key", "inputs");
  const body = await readFile(source.path);
  const headers = { "content-type": contentType, ...(cacheControl !== undefined && { "cache-control": cacheControl }) };
  if (isSame(store.get(key), body, headers)) return;
  const staged = await store.stage(chunk(body));
  store.commit({
    key,
    staged,
    description: { headers, metadata: {}, tags: {}, storageClass: "STANDARD" },
    reason: "PutObject",
  });
}

const isSame = (known: ObjectMeta | undefined, body: Buffer, headers: Readonly<Record<string, string>>) =>
  known?.etag === createHash("md5").update(body).digest("hex") &&
  JSON.stringify(known.headers) === JSON.stringify(headers);

async function* chunk(body: Buffer): AsyncGenerator<Buffer> {
  yield body;
}
