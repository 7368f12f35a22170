import { type DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import type { Place } from "../reconcile-objects.ts";

/** Keeps where the reconciler left something, at `pk = reconcile` of the catalog's table. */
export function keptPlace<T extends object>(client: DynamoDBDocumentClient, table: string, sk: string): Place<T> {
  const key = { pk: "reconcile", sk };
  return {
    async load() {
      const { Item } = await client.send(new GetCommand({ TableName: table, Key: key, ConsistentRead: true }));
      return Item?.["place"] as T | undefined;
    },
    async save(place) {
      await client.send(new PutCommand({ TableName: table, Item: { ...key, place } }));
    },
  };
}
