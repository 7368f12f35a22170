import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { DeleteCommand, type DynamoDBDocumentClient, PutCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import type { Refusal, Refusals } from "../refusals.ts";

/** At `pk = refused#<source>`, `sk = <picture's id>` of the catalog's table, for 30 days. */
export function dynamoRefusals(client: DynamoDBDocumentClient, table: string): Refusals {
  const pkOf = (source: string) => `refused#${source}`;
  return {
    async keep(source, pictureId, at) {
      const expiresAt = Math.floor(Date.parse(at) / 1000) + 30 * 24 * 3600;
      const Item = { pk: pkOf(source), sk: pictureId, at, expiresAt };
      await client.send(new PutCommand({ TableName: table, Item }));
    },
    async of(source, limit) {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: "#pk = :pk",
          ExpressionAttributeNames: { "#pk": "pk" },
          ExpressionAttributeValues: { ":pk": pkOf(source) },
          Limit: limit,
        }),
      );
      return Items.map(({ sk, at }): Refusal => ({ pictureId: String(sk), at: String(at) }));
    },
    async end(source, { pictureId, at }) {
      try {
        await client.send(
          new DeleteCommand({
            TableName: table,
            Key: { pk: pkOf(source), sk: pictureId },
            ConditionExpression: "#at = :at",
            ExpressionAttributeNames: { "#at": "at" },
            ExpressionAttributeValues: { ":at": at },
          }),
        );
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },
  };
}
