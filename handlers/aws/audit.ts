import { type DynamoDBDocumentClient, PutCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import type { Audit, Decision } from "../api/reviews.ts";
import { unlessRefused } from "./conditional.ts";

/** The trail of decisions, in the catalog's table at `audit`, by time. Nothing changes or removes an item of it. */
export const auditTrail = (client: DynamoDBDocumentClient, table: string): Audit => ({
  add(decision) {
    const Item = { pk: "audit", sk: `${decision.at}#${decision.pictureId}`, ...decision };
    const put = new PutCommand({ TableName: table, Item, ConditionExpression: "attribute_not_exists(pk)" });
    return unlessRefused(client.send(put));
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
