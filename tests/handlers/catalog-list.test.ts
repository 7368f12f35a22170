import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import { expect, it, onTestFinished } from "vitest";
import { dynamoCatalog } from "../../handlers/aws/catalog.ts";
import type { PictureIn } from "../../handlers/record.ts";
import type { TableConfig } from "../../local/aws/dynamodb/types.ts";
import { tablesOf } from "../../local/wiring/tables.ts";
import { received } from "../contract/ports/records.ts";
import { openTable } from "../dynamodb-rig.ts";
import { stackGraph } from "../graph/stacks.ts";

/** The catalog in the table that the stack makes, and what each call has DynamoDB read. */
async function start() {
  const [table] = tablesOf(await stackGraph("dev")) as [TableConfig];
  const { documents, end } = await openTable(table);
  onTestFinished(end);
  let items = 0;
  const send = async (command: Parameters<DynamoDBDocumentClient["send"]>[0]) => {
    const answer = await documents.send(command);
    items += "Items" in answer ? (answer.Items?.length ?? 0) : 0;
    return answer;
  };
  const catalog = dynamoCatalog({ send } as unknown as DynamoDBDocumentClient, table.name);
  const read = async <T>(call: Promise<T>) => {
    items = 0;
    return { answer: await call, items };
  };
  return { catalog, read };
}

const at = (second: number) => new Date(Date.UTC(2026, 10, 23, 12, 0, second)).toISOString();

it("reads for a page little more than the page, whatever the catalog holds", async () => {
  const { catalog, read } = await start();
  for (let i = 0; i < 1000; i++) await catalog.add(received({ enteredAt: at(i) }));
  const newest = Array.from({ length: 1000 }, (_, i) => at(999 - i));
  for (const limit of [1, 50, 200]) {
    const { answer, items } = await read(catalog.list({ limit }));
    expect(answer.pictures.map(({ enteredAt }) => enteredAt)).toEqual(newest.slice(0, limit));
    expect(items, `for ${limit}`).toBeLessThan(2 * limit + 24);
  }
}, 60_000);

it("reads on where most of a page lies in one partition", async () => {
  const { catalog, read } = await start();
  for (let i = 0; i < 200; i++)
    await catalog.add(received({ enteredAt: at(i), pictureId: `${i % 10 === 0 ? i % 8 : 3}-${i}` }));
  const { answer, items } = await read(catalog.list({ limit: 100 }));
  expect(answer.pictures.map(({ enteredAt }) => enteredAt)).toEqual(Array.from({ length: 100 }, (_, i) => at(199 - i)));
  expect(items).toBeLessThan(180);
});

it("reads of those in review no other", async () => {
  const { catalog, read } = await start();
  for (let i = 0; i < 100; i++)
    await catalog.add({
      ...received({ enteredAt: at(i) }),
      ...(i % 50 === 0 && { status: "review" }),
    } as PictureIn<"review">);
  const { answer, items } = await read(catalog.list({ limit: 200, of: { status: "review" } }));
  expect(answer.pictures.map(({ enteredAt }) => enteredAt)).toEqual([at(50), at(0)]);
  expect(items).toBe(2);
  for (const picture of answer.pictures) expect(picture).not.toHaveProperty("waiting");
});
