import { readFile, rename, writeFile } from "node:fs/promises";
import { type AttributeValue, DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { Dynamo } from "./aws/dynamodb/dynamo.ts";
import type { ChangeLog, Item, TableConfig } from "./aws/dynamodb/types.ts";
import type { Identity } from "./aws/types.ts";

interface ForgiveAllDeps {
  readonly tables: readonly TableConfig[];
  readonly dynamo: Pick<Dynamo, "stream" | "wroteLast">;
  /** Of DynamoDB, and who asks there. */
  readonly endpoint: string;
  readonly credentials: Identity;
  /** File that keeps up to where a table's log was looked through. */
  readonly markOf: (table: string) => string;
}

/** Forgives what was cut off in each of these tables, in its Region. */
export async function forgiveAll({ tables, dynamo, endpoint, credentials, markOf }: ForgiveAllDeps): Promise<void> {
  for (const { name: table, region, streamArn = "" } of tables) {
    const client = new DynamoDBClient({ region, endpoint, credentials });
    const isOwn = (key: Item) => dynamo.wroteLast(streamArn, key);
    await forgiveOpenAttempts({ log: dynamo.stream(streamArn), client, table, isOwn, mark: markOf(table) });
    client.destroy();
  }
}

interface ForgiveDeps {
  readonly log: ChangeLog;
  readonly client: DynamoDBClient;
  readonly table: string;
  /** Whether an item was last written in this Region: what another one has under way is not to be touched. */
  readonly isOwn: (key: Item) => Promise<boolean>;
  /** File that keeps up to where the log was looked through. */
  readonly mark: string;
}

/**
 * On AWS a process that dies over a picture is counted against the picture. Here the whole host can
 * be killed with everything in flight, which is no picture's fault: attempts that were cut off by
 * it are taken back before anything runs. The one thing this host knows of the catalog's items is
 * that a picture's attempts lie beside its `record` as `attempt#…`, with those under way in `open`.
 */
async function forgiveOpenAttempts({ log, client, table, isOwn, mark }: ForgiveDeps): Promise<void> {
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
  for (const attempts of cutOff.values())
    for (const key of attempts.values()) if (await isOwn(key)) await takeBack(client, table, key);
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
