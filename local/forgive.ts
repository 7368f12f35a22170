import { readFile, rename, writeFile } from "node:fs/promises";
import { type AttributeValue, type DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { ChangeLog, Item } from "./aws/dynamodb/types.ts";

interface ForgiveDeps {
  readonly log: ChangeLog;
  readonly client: DynamoDBClient;
  readonly table: string;
  /** File that keeps up to where the log was looked through. */
  readonly mark: string;
}

/**
 * On AWS a process that dies over a picture is counted against the picture. Here the whole host can
 * be killed with everything in flight, which is no picture's fault: attempts that were cut off by
 * it are taken back before anything runs. The one thing this host knows of the catalog's items is
 * that a picture's attempts lie beside its `record` as `attempt#…`, with those under way in `open`.
 */
export async function forgiveOpenAttempts({ log, client, table, mark }: ForgiveDeps): Promise<void> {
  const cutOff = new Map<string, Map<string, Item>>();
  let after = await readMark(mark);
  for (let page = await log.read(after, 1000); page.length > 0; page = await log.read(after, 1000))
    for (const { dynamodb } of page) {
      after = dynamodb.SequenceNumber;
      const { pk, sk } = dynamodb.Keys;
      const of = pk?.S ?? "";
      // A record that moved on ended the attempts before it.
      if (sk?.S === "record") cutOff.delete(of);
      else if (sk?.S?.startsWith("attempt#"))
        cutOff.set(of, (cutOff.get(of) ?? new Map<string, Item>()).set(sk.S, dynamodb.Keys));
    }
  for (const attempts of cutOff.values()) for (const key of attempts.values()) await takeBack(client, table, key);
  if (after === undefined) return;
  await writeFile(`${mark}.new`, after);
  await rename(`${mark}.new`, mark);
}

const takeBack = (client: DynamoDBClient, TableName: string, key: Item) =>
  client.send(
    new UpdateItemCommand({
      TableName,
      Key: key as Record<string, AttributeValue>,
      UpdateExpression: "SET #open = :none",
      ExpressionAttributeNames: { "#open": "open" },
      ExpressionAttributeValues: { ":none": { N: "0" } },
    }),
  );

async function readMark(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
