import { connect } from "node:net";
import { DescribeTableCommand } from "@aws-sdk/client-dynamodb";
import { BatchGetCommand, GetCommand, ScanCommand, TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createDynamo } from "../../local/aws/dynamodb/dynamo.ts";
import type { TableConfig } from "../../local/aws/dynamodb/types.ts";
import { createAuthorizer } from "../../local/aws/iam.ts";
import { authenticate } from "../../local/aws/signature.ts";
import { arn, caller, catalog, createRig, type Rig, TableName } from "../dynamodb-rig.ts";

let rig: Rig;
beforeEach(async () => {
  rig = await createRig();
});
afterEach(() => rig.end());

describe("the table", () => {
  it("answers a condition that fails with the item that made it fail, when asked", async () => {
    await rig.put({ id: "a", status: "received" });
    const guarded = { ConditionExpression: "attribute_not_exists(id)" };
    await expect(
      rig.put({ id: "a" }, { ...guarded, ReturnValuesOnConditionCheckFailure: "ALL_OLD" }),
    ).rejects.toMatchObject({
      name: "ConditionalCheckFailedException",
      Item: { id: { S: "a" }, status: { S: "received" } },
    });
    const silent = await rig.put({ id: "a" }, guarded).catch((error) => error);
    expect([silent.name, silent.Item]).toEqual(["ConditionalCheckFailedException", undefined]);
    expect(await rig.get("a")).toEqual({ id: "a", status: "received" });
  });

  it("gives each caller the values asked for and reads back many", async () => {
    await rig.batch({ PutRequest: { Item: { id: "a", status: "x" } } }, { PutRequest: { Item: { id: "b" } } });
    expect((await rig.set("a", "y", { ReturnValues: "UPDATED_OLD" })).Attributes).toEqual({ status: "x" });
    const Keys = [{ id: "a" }, { id: "b" }, { id: "c" }];
    const { Responses } = await rig.send(new BatchGetCommand({ RequestItems: { catalog: { Keys } } }));
    expect(Responses!.catalog).toHaveLength(2);
    expect((await rig.send(new ScanCommand({ TableName }))).Count).toBe(2);
  });

  it("lets exactly one of 25 racing callers through a condition, and shows the others whose it is", async () => {
    await rig.put({ id: "a", status: "received" });
    const race = await Promise.allSettled(
      Array.from({ length: 25 }, (_, turn) =>
        rig.set("a", `taken by ${turn}`, {
          ConditionExpression: "#status = :from",
          ExpressionAttributeValues: { ":from": "received", ":status": `taken by ${turn}` },
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        }),
      ),
    );
    const shown = race.flatMap((one) => (one.status === "rejected" ? [one.reason.Item?.status.S] : []));
    expect(shown).toEqual(Array(24).fill((await rig.get("a"))!.status));
    expect(await rig.stream()).toHaveLength(2);
  });

  it("takes no harm from a caller who goes away half-way", async () => {
    const socket = connect(rig.port(), "127.0.0.1");
    socket.write("POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\n{");
    await rig.get("a");
    socket.destroy();
    // Would end the run with an unhandled rejection.
    await new Promise((later) => setTimeout(later, 50));
    await expect(rig.get("a")).resolves.toBeUndefined();
  });

  it("describes itself with its own ARNs", async () => {
    const { Table } = await rig.send(new DescribeTableCommand({ TableName }));
    expect(Table).toMatchObject({
      TableArn: arn,
      LatestStreamArn: catalog.streamArn,
      GlobalSecondaryIndexes: [{ IndexArn: `${arn}/index/byStatus` }],
    });
  });

  it("names the tables there are when asked for another, and what to do instead of a transaction", async () => {
    await expect(rig.send(new GetCommand({ TableName: "katalog", Key: { id: "a" } }))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: expect.stringMatching(/catalog.*katalog/),
    });
    const TransactItems = [{ Put: { TableName, Item: { id: "a" } } }];
    await expect(rig.send(new TransactWriteCommand({ TransactItems }))).rejects.toMatchObject({
      name: "UnknownOperationException",
      message: expect.stringMatching(/TransactWriteItems.*conditional write/),
    });
  });
});

describe("permissions", () => {
  it("asks for the action on the table, or on the index that is read", async () => {
    rig.grants.policy = { Effect: "Allow", Action: ["dynamodb:GetItem", "dynamodb:Query"], Resource: arn };
    await expect(rig.get("a")).resolves.toBeUndefined();
    await expect(rig.query("x")).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: `User: ${caller.arn} is not authorized to perform: dynamodb:Query on resource: ${arn}/index/byStatus because no identity-based policy allows the dynamodb:Query action`,
    });
    rig.grants.policy = { ...rig.grants.policy, Resource: `${arn}/index/*` };
    await expect(rig.query("x")).resolves.toEqual([]);
  });

  it("changes nothing for a caller who may not write", async () => {
    rig.grants.policy = { Effect: "Allow", Action: "dynamodb:PutItem", Resource: arn };
    await expect(rig.batch({ PutRequest: { Item: { id: "a" } } })).rejects.toMatchObject({
      name: "AccessDeniedException",
    });
    await expect(rig.remove("a")).rejects.toMatchObject({ name: "AccessDeniedException" });
    expect(await rig.stream()).toEqual([]);
  });
});

describe("time to live", () => {
  it("deletes what has expired in DynamoDB's own name, and nothing else", async () => {
    const second = Math.floor(rig.clock.now / 1000);
    await rig.put({ id: "later", expires: second + 60 });
    await rig.put({ id: "never" });
    await rig.put({ id: "text", expires: String(second) });
    await rig.put({ id: "mistaken", expires: 1 });
    await rig.put({ id: "expired", expires: second });
    await vi.waitFor(async () => expect(await rig.stream()).toHaveLength(6));
    expect((await rig.stream()).at(-1)).toMatchObject({
      eventName: "REMOVE",
      userIdentity: { type: "Service", principalId: "dynamodb.amazonaws.com" },
      dynamodb: { Keys: { id: { S: "expired" } }, OldImage: { id: { S: "expired" } } },
    });
    rig.clock.now += 61_000;
    await vi.waitFor(async () => expect(await rig.get("later")).toBeUndefined());
    expect((await rig.send(new ScanCommand({ TableName }))).Count).toBe(3);
  });
});

describe("a changed table", () => {
  const bare: TableConfig = { ...catalog, indexes: [], attributes: [{ name: "id", type: "S" }] };
  const reopen = async (table: TableConfig) => {
    await rig.close();
    await rig.open(table);
  };

  it("fills an index that is new, and empties one that is gone", async () => {
    await reopen(bare);
    await rig.put({ id: "a", status: "x", changedAt: "1" });
    await expect(rig.query("x")).rejects.toMatchObject({ name: "ValidationException" });
    await reopen(catalog);
    expect(await rig.query("x")).toEqual([{ id: "a", status: "x", changedAt: "1" }]);
    await reopen(bare);
    await rig.remove("a");
    await reopen(catalog);
    expect(await rig.query("x")).toEqual([]);
  });

  it("is refused when its keys changed", async () => {
    await rig.close();
    await expect(rig.open({ ...catalog, rangeKey: "changedAt" })).rejects.toThrow(/^TABLE_KEYS_CHANGED.*catalog/);
    await rig.open();
  });

  it("is not opened twice", async () => {
    const deps = { identityOf: () => undefined, authorize: createAuthorizer() };
    await expect(createDynamo({ dir: rig.dir, tables: [catalog], deps, authenticate })).rejects.toThrow(/^DATA_IN_USE/);
  });
});
