import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  BatchWriteCommand,
  DeleteCommand,
  type DynamoDBDocumentClient,
  PutCommand,
  ScanCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Item, StreamRecord } from "../../local/aws/dynamodb/types.ts";
import { caller, catalog, clientOf, createRig, type Rig, region, TableName } from "../dynamodb-rig.ts";

let rig: Rig;
beforeEach(async () => {
  rig = await createRig();
});
afterEach(() => rig.end());

const namesOf = (records: readonly StreamRecord[]) => records.map((record) => record.eventName);

describe("the stream", () => {
  it("holds one record for each change, as a function receives it", async () => {
    await rig.put({ id: "101", message: "New item!" });
    await rig.put({ id: "101", message: "This item has changed" });
    await rig.remove("101");
    const [first, second, third] = await rig.stream();
    const Keys = { id: { S: "101" } };
    const oldImage = { ...Keys, message: { S: "New item!" } };
    const newImage = { ...Keys, message: { S: "This item has changed" } };
    expect(first).toEqual({
      eventID: expect.stringMatching(/^[0-9a-f]{32}$/),
      eventName: "INSERT",
      eventVersion: "1.1",
      eventSource: "aws:dynamodb",
      awsRegion: region,
      dynamodb: {
        ApproximateCreationDateTime: Math.floor(rig.clock.now / 1000),
        Keys,
        NewImage: oldImage,
        SequenceNumber: expect.stringMatching(/^\d{21}$/),
        // Names and values of keys and image: 5 + 5 + 16, as in the example record of AWS's manual.
        SizeBytes: 26,
        StreamViewType: "NEW_AND_OLD_IMAGES",
      },
      eventSourceARN: catalog.streamArn,
    });
    expect(second).toMatchObject({
      eventName: "MODIFY",
      dynamodb: { OldImage: oldImage, NewImage: newImage, SizeBytes: 59 },
    });
    expect(third).toMatchObject({ eventName: "REMOVE", dynamodb: { OldImage: newImage, SizeBytes: 38 } });
    expect(third!.dynamodb).not.toHaveProperty("NewImage");
    expect(third).not.toHaveProperty("userIdentity");
  });

  it("holds none for a write that changes nothing or is refused", async () => {
    await rig.put({ id: "a", tags: new Set(["x", "y"]), n: 1 });
    await rig.put({ id: "a", tags: new Set(["y", "x"]), n: 1.0 });
    await rig.put({ id: "a" }, { ConditionExpression: "attribute_not_exists(id)" }).catch(() => {});
    await rig.remove("b");
    expect(namesOf(await rig.stream())).toEqual(["INSERT"]);
  });

  it("holds a record for each item of a batch, and none of a malformed batch", async () => {
    await rig.batch({ PutRequest: { Item: { id: "a" } } }, { PutRequest: { Item: { id: "b" } } });
    await rig.batch({ DeleteRequest: { Key: { id: "a" } } }, { PutRequest: { Item: { id: "c" } } });
    for (const bad of [{ PutRequest: { Item: { name: "no key" } } }, { DeleteRequest: { Key: { id: "d" } } }])
      await expect(rig.batch({ PutRequest: { Item: { id: "d" } } }, bad)).rejects.toMatchObject({
        name: "ValidationException",
      });
    expect(namesOf(await rig.stream()).sort()).toEqual(["INSERT", "INSERT", "INSERT", "REMOVE"]);
  });

  it("is read in pages, tells of what comes, and forgets only what is old and released", async () => {
    const heard = vi.fn();
    const stop = rig.log().onAppend(heard);
    for (const id of ["a", "b", "c"]) await rig.put({ id });
    stop();
    await rig.put({ id: "d" });
    expect(heard).toHaveBeenCalledTimes(3);

    const [first, second] = await rig.log().read(undefined, 2);
    const rest = await rig.stream(second!.dynamodb.SequenceNumber);
    expect(rest.map(({ dynamodb }) => dynamodb.Keys.id!.S)).toEqual(["c", "d"]);
    expect(rig.log().latest).toBe(rest.at(-1)!.dynamodb.SequenceNumber);

    const log = rig.log();
    await log.release(first!.dynamodb.SequenceNumber);
    expect(await rig.stream()).toHaveLength(4);
    rig.clock.now += 25 * 60 * 60 * 1000;
    await log.release(first!.dynamodb.SequenceNumber);
    expect(await rig.stream()).toHaveLength(3);
    await log.release(log.latest!);
    expect(await rig.stream()).toEqual([rest.at(-1)]);
  });

  it("goes on after a restart where it stood", async () => {
    await rig.put({ id: "a" });
    const before = await rig.stream();
    await rig.close();
    await rig.open();
    expect(await rig.stream()).toEqual(before);
    expect(rig.log().latest).toBe(before[0]!.dynamodb.SequenceNumber);
    await rig.put({ id: "b" });
    const after = await rig.stream(before[0]!.dynamodb.SequenceNumber);
    expect(after.map(({ dynamodb }) => dynamodb.Keys)).toEqual([{ id: { S: "b" } }]);
  });
});

describe("a process killed at any moment", () => {
  /** The same tables in a process of their own, which says its port. */
  const script = `
    import { createServer } from "node:http";
    const [dynamo, signature] = process.argv.slice(1, 3);
    const { createDynamo } = await import(dynamo);
    const { authenticate } = await import(signature);
    const options = JSON.parse(process.argv[3]);
    const deps = { identityOf: () => options.caller, authorize: () => ({ allowed: true }) };
    const { endpoint } = await createDynamo({ ...options, deps, authenticate });
    const server = createServer((request, response) => void endpoint(request, response));
    server.listen(0, "127.0.0.1", () => process.stdout.write(String(server.address().port)));
  `;
  const fileOf = (path: string) => new URL(path, import.meta.url).href;

  async function start(): Promise<{ child: ChildProcess; port: number }> {
    const files = [fileOf("../../local/aws/dynamodb/dynamo.ts"), fileOf("../../local/aws/signature.ts")];
    const options = JSON.stringify({ dir: rig.dir, tables: [catalog], caller });
    const child = spawn(process.execPath, ["--input-type=module", "-e", script, ...files, options], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [port] = await once(child.stdout!, "data");
    return { child, port: Number(port) };
  }

  const ids = Array.from({ length: 6 }, (_, index) => `picture-${index}`);
  const any = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)]!;
  let count = 0;

  /** One write after another until the process is killed; `confirmed` gains the mark of each that was answered. */
  async function writeUntilKilled(child: ChildProcess, to: DynamoDBDocumentClient, confirmed: Set<string>) {
    while (!child.killed) {
      const mark = `mark-${count++}`;
      const item = { id: any(ids), status: any(["received", "resized"]), changedAt: mark, pixels: "x".repeat(2000) };
      const Key = { id: item.id };
      const update = { UpdateExpression: "SET changedAt = :mark", ExpressionAttributeValues: { ":mark": mark } };
      const write = any([
        () => to.send(new PutCommand({ TableName, Item: item })),
        () => to.send(new UpdateCommand({ TableName, Key, ...update })),
        () => to.send(new BatchWriteCommand({ RequestItems: { catalog: [{ PutRequest: { Item: item } }] } })),
      ]);
      try {
        await write();
        confirmed.add(mark);
        if (Math.random() < 0.2) await to.send(new DeleteCommand({ TableName, Key }));
      } catch (error) {
        if (!child.killed) throw error;
      }
    }
  }

  it("loses no change from the stream, and leaves no index entry without its item", async () => {
    await rig.close();
    const confirmed = new Set<string>();
    for (let kill = 0; kill < 12; kill++) {
      const { child, port } = await start();
      const to = clientOf(port);
      const writers = Array.from({ length: 8 }, () => writeUntilKilled(child, to, confirmed));
      const enough = confirmed.size + 5 + Math.random() * 60;
      await vi.waitUntil(() => confirmed.size >= enough, { interval: 1, timeout: 20_000 });
      await new Promise((later) => setTimeout(later, Math.random() * 5));
      const exit = once(child, "exit");
      child.kill("SIGKILL");
      await exit;
      await Promise.all(writers);
      to.destroy();
    }

    await rig.open();
    const images = new Map<string, Item>();
    let last = "";
    for (const { dynamodb } of await rig.stream()) {
      const id = dynamodb.Keys.id!.S!;
      expect(dynamodb.OldImage).toEqual(images.get(id));
      expect(dynamodb.SequenceNumber > last).toBe(true);
      last = dynamodb.SequenceNumber;
      if (dynamodb.NewImage) images.set(id, dynamodb.NewImage);
      else images.delete(id);
    }
    const items = (await rig.send(new ScanCommand({ TableName }))).Items!;
    const marksOf = (list: readonly Record<string, unknown>[]) =>
      list.map(({ id, changedAt }) => [id, changedAt]).sort();
    expect(marksOf([...images.values()].map(({ id, changedAt }) => ({ id: id!.S, changedAt: changedAt!.S })))).toEqual(
      marksOf(items),
    );

    const seen = new Set((await rig.stream()).map(({ dynamodb }) => dynamodb.NewImage?.changedAt?.S));
    expect([...confirmed].filter((mark) => !seen.has(mark))).toEqual([]);
    const indexed = [...(await rig.query("received")), ...(await rig.query("resized"))];
    expect(marksOf(indexed)).toEqual(marksOf(items.filter(({ status }) => status !== undefined)));
  }, 120_000);
});
