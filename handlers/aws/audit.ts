import { type DynamoDBDocumentClient, PutCommand, QueryCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { Audit, Decision } from "../api/reviews.ts";
import { unlessRefused } from "./conditional.ts";

/** The trail of decisions, in the catalog's table at `audit`, by time. Nothing removes an item of it, or changes what was said. */
export const auditTrail = (client: DynamoDBDocumentClient, table: string): Audit => ({
  add(decision) {
    const Item = { ...keyOf(decision), ...decision };
    const put = new PutCommand({ TableName: table, Item, ConditionExpression: "attribute_not_exists(pk)" });
    return unlessRefused(client.send(put));
  },
  async lose(decision) {
    await client.send(
      new UpdateCommand({
        TableName: table,
        Key: keyOf(decision),
        UpdateExpression: "SET #lost = :true",
        ConditionExpression: "#by = :by",
        ExpressionAttributeNames: { "#lost": "lost", "#by": "by" },
        ExpressionAttributeValues: { ":true": true, ":by": decision.by },
      }),
    );
  },
  async last(count) {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: "pk = :audit",
        ExpressionAttributeValues: { ":audit": "audit" },
        ScanIndexForward: false,
        Limit: count,
      }),
    );
    return Items.map(({ pk, sk, ...decision }) => decision as Decision);
  },
});

const keyOf = ({ at, pictureId }: Decision) => ({ pk: "audit", sk: `${at}#${pictureId}` });
