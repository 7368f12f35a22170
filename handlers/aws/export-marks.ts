import { DeleteCommand, type DynamoDBDocumentClient, PutCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import type { Mark, Marks } from "../export/export.ts";
import { unlessRefused } from "./conditional.ts";

/** Days that are to be exported once more, in the catalog's table at `export`: at most one item a day. */
export const exportMarks = (
  client: DynamoDBDocumentClient,
  table: string,
  now: () => Date,
): Marks & { readonly set: (day: string) => Promise<void> } => ({
  async set(day) {
    const Item = { ...keyOf(day), at: now().toISOString() };
    await client.send(new PutCommand({ TableName: table, Item }));
  },
  async all() {
    const marks: Mark[] = [];
    let start: Record<string, unknown> | undefined;
    do {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: "pk = :pk",
          ExpressionAttributeValues: { ":pk": pk },
          ConsistentRead: true,
          ExclusiveStartKey: start,
        }),
      );
      marks.push(...Items.map((item) => ({ day: String(item["sk"]), at: String(item["at"]) })));
      start = LastEvaluatedKey;
    } while (start !== undefined);
    return marks;
  },
  async remove({ day, at }) {
    await unlessRefused(
      client.send(
        new DeleteCommand({
          TableName: table,
          Key: keyOf(day),
          ConditionExpression: "#at = :at",
          ExpressionAttributeNames: { "#at": "at" },
          ExpressionAttributeValues: { ":at": at },
        }),
      ),
    );
  },
});

const pk = "export";
const keyOf = (day: string) => ({ pk, sk: day });
