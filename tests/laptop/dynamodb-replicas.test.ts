import { DescribeTableCommand } from "@aws-sdk/client-dynamodb";
import { BatchGetCommand, BatchWriteCommand } from "@aws-sdk/lib-dynamodb";
import { expect, it, onTestFinished, vi } from "vitest";
import { isLater } from "../../local/aws/dynamodb/replica.ts";
import { createRegionsRig, replicaIn } from "../dynamodb-regions-rig.ts";
import { arn, TableName } from "../dynamodb-rig.ts";

const [home, away] = ["eu-west-1", "eu-central-1"];
const regions = [home, away];

async function rigOf(...given: Parameters<typeof createRegionsRig>) {
  const rig = await createRegionsRig(...given);
  onTestFinished(rig.end);
  return rig;
}
type Rig = Awaited<ReturnType<typeof rigOf>>;

const equal = (rig: Rig, expected: readonly object[], names = regions) =>
  vi.waitFor(async () => {
    for (const region of names) expect(await rig.at(region).all()).toEqual(expected);
  }, 5000);

it("brings what is written in one Region to the others, their indexes too", async () => {
  const rig = await rigOf([home, away, "eu-north-1"]);
  await rig.at(home).put({ id: "a", status: "received", changedAt: "1" });
  await rig.at(away).put({ id: "b", status: "received", changedAt: "2", tags: new Set(["x"]), n: 0.1 });
  const b = { id: "b", status: "received", changedAt: "2", tags: new Set(["x"]), n: 0.1 };
  await equal(rig, [{ id: "a", status: "received", changedAt: "1" }, b], [home, away, "eu-north-1"]);
  for (const region of [home, away, "eu-north-1"])
    expect(await rig.at(region).byStatus("received")).toMatchObject([{ id: "a" }, { id: "b" }]);
});

it("lets time pass until the others have it", async () => {
  const rig = await rigOf(regions, { replicationDelayMs: 400 });
  await rig.at(home).put({ id: "a" });
  expect(await rig.at(away).get("a")).toBeUndefined();
  await equal(rig, [{ id: "a" }]);
});

it("lets the last writer win, item by item, wherever the two writes are first seen", async () => {
  const rig = await rigOf(regions, { replicationDelayMs: 100 });
  await rig.at(home).put({ id: "a", by: "home", first: true });
  await new Promise((resolve) => setTimeout(resolve, 5));
  await rig.at(away).put({ id: "a", by: "away" });
  await rig.at(away).put({ id: "b", by: "away" });
  await new Promise((resolve) => setTimeout(resolve, 5));
  await rig.at(home).put({ id: "b", by: "home" });
  await equal(rig, [
    { id: "a", by: "away" },
    { id: "b", by: "home" },
  ]);
});

it("decides between writes of the same moment by the Region's name, the same everywhere", async () => {
  expect(isLater({ time: 1, region: "b" }, { time: 1, region: "a" })).toBe(true);
  expect(isLater({ time: 1, region: "a" }, { time: 1, region: "b" })).toBe(false);
  expect(isLater({ time: 1, region: "a" }, { time: 1, region: "a" })).toBe(false);
  const now = Date.now();
  const rig = await rigOf(regions, { now: () => now, replicationDelayMs: 100 });
  await Promise.all(regions.map((region) => rig.at(region).put({ id: "a", by: region })));
  await equal(rig, [{ id: "a", by: home }]);
});

it("takes a write for later than all that its Region had heard of, though the clock stands still", async () => {
  const now = Date.now();
  const rig = await rigOf(regions, { now: () => now });
  await rig.at(home).put({ id: "a", by: home });
  await equal(rig, [{ id: "a", by: home }]);
  await rig.at(away).put({ id: "a", by: away });
  await equal(rig, [{ id: "a", by: away }]);
});

it("lets a deletion win over the writes before it, and a later write over the deletion", async () => {
  const rig = await rigOf(regions, { replicationDelayMs: 150 });
  for (const id of ["a", "b"]) await rig.at(home).put({ id, by: "home" });
  await equal(rig, [
    { id: "a", by: "home" },
    { id: "b", by: "home" },
  ]);
  await rig.at(home).set("a", "by", "late at home");
  await rig.at(home).remove("b");
  await new Promise((resolve) => setTimeout(resolve, 5));
  await rig.at(away).remove("a");
  await rig.at(away).set("b", "by", "after the deletion");
  await equal(rig, [{ id: "b", by: "after the deletion" }]);
});

it("does not bring back what was deleted before it came", async () => {
  const third = "eu-north-1";
  const rig = await rigOf([home, away, third]);
  await rig.dynamo().cut(third);
  await rig.at(home).put({ id: "a" });
  await equal(rig, [{ id: "a" }]);
  await rig.at(away).remove("a");
  await equal(rig, []);
  rig.dynamo().rejoin(third);
  await rig.at(away).put({ id: "last" });
  await rig.at(home).put({ id: "last too" });
  await equal(rig, [{ id: "last" }, { id: "last too" }], [home, away, third]);
});

it("judges conditions by what the Region itself has, so that both sides may take what only one can have", async () => {
  const rig = await rigOf(regions, { replicationDelayMs: 200 });
  const once = { ConditionExpression: "attribute_not_exists(id)" };
  await rig.at(home).put({ id: "a", by: home }, once);
  await new Promise((resolve) => setTimeout(resolve, 5));
  await rig.at(away).put({ id: "a", by: away }, once);
  await equal(rig, [{ id: "a", by: away }]);
  for (const region of regions)
    await expect(rig.at(region).put({ id: "a" }, once)).rejects.toMatchObject({
      name: "ConditionalCheckFailedException",
    });
});

it("tells each Region's stream of every change there, replicated ones as any other, and of none twice", async () => {
  const rig = await rigOf(regions);
  await rig.at(home).put({ id: "a", n: 1 });
  await equal(rig, [{ id: "a", n: 1 }]);
  await rig.at(away).set("a", "n", 2);
  await equal(rig, [{ id: "a", n: 2 }]);
  await rig.at(home).remove("a");
  await equal(rig, []);
  await new Promise((resolve) => setTimeout(resolve, 100));
  for (const region of regions) {
    const records = await rig.at(region).stream();
    expect(records.map(({ eventName }) => eventName)).toEqual(["INSERT", "MODIFY", "REMOVE"]);
    for (const record of records) {
      expect(record).toMatchObject({ awsRegion: region, eventSourceARN: replicaIn(region).streamArn });
      expect(record).not.toHaveProperty("userIdentity");
    }
    expect(records[1]!.dynamodb).toMatchObject({ OldImage: { n: { N: "1" } }, NewImage: { n: { N: "2" } } });
  }
});

it("says who deleted what outlived its time only where that was done", async () => {
  const rig = await rigOf(regions);
  await rig.at(away).put({ id: "a", expires: Math.floor(Date.now() / 1000) + 1 });
  await equal(rig, []);
  const identities = await Promise.all(
    regions.map(async (region) => (await rig.at(region).stream()).find(({ eventName }) => eventName === "REMOVE")),
  );
  expect(identities.map((record) => record?.userIdentity?.principalId)).toEqual(["dynamodb.amazonaws.com", undefined]);
});

it("goes on where it was after a restart, and when a Region is back that was cut off", async () => {
  const rig = await rigOf(regions);
  await rig.at(home).put({ id: "a" });
  await equal(rig, [{ id: "a" }]);
  await rig.dynamo().cut(away);
  await rig.at(home).put({ id: "b" });
  await rig.at(away).put({ id: "c" });
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await rig.at(home).all()).toEqual([{ id: "a" }, { id: "b" }]);
  expect(await rig.at(away).all()).toEqual([{ id: "a" }, { id: "c" }]);
  await rig.close();
  await rig.open(regions, { replicationDelayMs: 50 });
  await equal(rig, [{ id: "a" }, { id: "b" }, { id: "c" }]);
  await rig.dynamo().cut(home);
  await rig.at(home).remove("a");
  rig.dynamo().rejoin(home);
  await equal(rig, [{ id: "b" }, { id: "c" }]);
});

it("fills a Region that is added later with what was there", async () => {
  const rig = await rigOf([home]);
  await rig.at(home).put({ id: "a", status: "received", changedAt: "1" });
  await rig.at(home).put({ id: "b" });
  await rig.close();
  await rig.open(regions);
  await equal(rig, [{ id: "a", status: "received", changedAt: "1" }, { id: "b" }]);
  await rig.at(home).set("b", "by", "home");
  await rig.at(away).remove("a");
  await equal(rig, [{ id: "b", by: "home" }]);
});

it("asks the caller's policies about the table of the Region that the request is signed for", async () => {
  const rig = await rigOf(regions);
  rig.grants.policy = { Effect: "Allow", Action: "dynamodb:*", Resource: arn };
  await rig.at(home).put({ id: "a" });
  await expect(rig.at(away).put({ id: "b" })).rejects.toMatchObject({
    name: "AccessDeniedException",
    message: expect.stringContaining(`arn:aws:dynamodb:${away}:`),
  });
});

it("calls the table by its own name in every Region", async () => {
  const rig = await rigOf(regions);
  for (const region of regions) {
    const client = rig.client(region);
    const { Table } = (await client.send(new DescribeTableCommand({ TableName }) as never)) as { Table?: object };
    expect(Table).toMatchObject({ TableName, TableArn: replicaIn(region).arn });
    await client.send(
      new BatchWriteCommand({ RequestItems: { [TableName]: [{ PutRequest: { Item: { id: region } } }] } }),
    );
    const read = await client.send(new BatchGetCommand({ RequestItems: { [TableName]: { Keys: [{ id: region }] } } }));
    expect(read.Responses).toEqual({ [TableName]: [{ id: region }] });
  }
});
