import { GetCommand } from "@aws-sdk/lib-dynamodb";
import type { Context, DynamoDBStreamEvent } from "aws-lambda";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { dynamoReminders } from "../../handlers/aws/reminders.ts";
import { onReminder } from "../../handlers/aws/runtime.ts";
import type { TableConfig } from "../../local/aws/dynamodb/types.ts";
import { tablesOf } from "../../local/wiring/tables.ts";
import { openTable, region } from "../dynamodb-rig.ts";
import { stackGraph } from "../graph/stacks.ts";

describe("reminders in the catalog's table", () => {
  it("are items that DynamoDB deletes by itself, one a picture: the last word counts", async () => {
    const [table] = tablesOf(await stackGraph("dev")) as [TableConfig];
    const { documents, end } = await openTable(table);
    onTestFinished(end);
    const reminders = dynamoReminders(documents, table.name);
    const Key = { pk: "remind#1", sk: "remind" };
    const found = async () => (await documents.send(new GetCommand({ TableName: table.name, Key }))).Item;
    for (const day of [23, 24])
      await reminders.set({ pictureId: "1", homeRegion: region }, new Date(Date.UTC(2026, 10, day, 12, 0, 0, 999)));
    expect(await found()).toEqual({ ...Key, pictureId: "1", homeRegion: region, expiresAt: 1795521600 });
    expect(table.ttlAttribute).toBe("expiresAt");
    for (let time = 0; time < 2; time++) await reminders.drop("1");
    expect(await found()).toBeUndefined();
  });
});

describe("onReminder", () => {
  beforeEach(() => {
    for (const stream of [process.stdout, process.stderr]) vi.spyOn(stream, "write").mockReturnValue(true);
  });
  afterEach(() => void vi.restoreAllMocks());

  const removal = (id: string, sk = "remind") => ({
    eventName: "REMOVE",
    dynamodb: {
      SequenceNumber: id,
      Keys: { pk: { S: `remind#${id}` }, sk: { S: sk } },
      OldImage: { pictureId: { S: id } },
    },
  });
  const deliver = async (...Records: object[]) => {
    const woken: string[] = [];
    const run = async (pictureId: string) => {
      woken.push(pictureId);
      if (pictureId === "2") throw new Error("OUCH: it hurts.");
    };
    const answer = await onReminder(run)({ Records } as DynamoDBStreamEvent, {} as Context, () => {});
    return { woken, answer };
  };

  it("wakes for each, and has the one that fails come again", async () => {
    expect(await deliver(removal("1"), removal("2"))).toEqual({
      woken: ["1", "2"],
      answer: { batchItemFailures: [{ itemIdentifier: "2" }] },
    });
  });

  it("refuses what is no reminder that ran out, naming the filter", async () => {
    for (const other of [removal("1", "record"), { ...removal("1"), eventName: "MODIFY" }])
      expect(await deliver(other)).toEqual({ woken: [], answer: { batchItemFailures: [{ itemIdentifier: "1" }] } });
  });
});
