import { type DynamoDBDocumentClient, QueryCommand } from "@aws-sdk/lib-dynamodb";
import type { Hook, Kept, Skipped, Trouble } from "../standing.ts";
import { type SourceItem, skippedPrefix } from "./source-ledger.ts";

/** Reads what the ledger of a source keeps of how it does. */
export const standings =
  (client: DynamoDBDocumentClient, table: string) =>
  async (name: string): Promise<Kept> => {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: "#pk = :pk",
        ExpressionAttributeNames: { "#pk": "pk" },
        ExpressionAttributeValues: { ":pk": `source#${name}` },
      }),
    );
    const item = (sk: SourceItem): Item => Items.find((each) => each["sk"] === sk) ?? {};
    const [standing, writeBack] = [item("standing"), item("write-back")];
    return {
      beganAt: standing["beganAt"] as string | undefined,
      wellAt: standing["wellAt"] as string | undefined,
      movedAt: item("cursor")["movedAt"] as string | undefined,
      failingSince: standing["failingSince"] as string | undefined,
      trouble: standing["trouble"] as Kept["trouble"],
      taken: Number(standing["taken"] ?? 0),
      failed: Number(standing["failed"] ?? 0),
      deleted: Number(standing["deleted"] ?? 0),
      skipped: countsIn(standing),
      lastSkipped: standing["lastSkipped"] as Skipped | undefined,
      failure: standing["failure"] as Trouble | undefined,
      hook: hookOf(item("hook")["hook"] as Hook | undefined),
      writtenBack: Number(writeBack["written"] ?? 0),
      writeBack: troubleSince(writeBack),
    };
  };

type Item = Readonly<Record<string, unknown>>;

const countsIn = (standing: Item): Skipped =>
  Object.fromEntries(
    Object.entries(standing).flatMap(([name, count]) =>
      name.startsWith(skippedPrefix) ? [[name.slice(skippedPrefix.length), count]] : [],
    ),
  );

const troubleSince = ({ trouble, since }: Item): Kept["writeBack"] =>
  trouble === undefined ? undefined : { ...(trouble as Trouble), since: String(since) };

/** What the provider keeps of it is no business of whoever looks. */
const hookOf = (hook: Hook | undefined) => hook && { expiresAt: hook.expiresAt, trouble: hook.trouble };
