import { type DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import type { BegunUpload, BegunUploads } from "../api/upload-types.ts";

/**
 * Uploads in parts that were begun, in the catalog's table at `upload#<pictureId>`. DynamoDB removes
 * an item some time after its `expiresAt`, so reading looks at it as well.
 */
export function uploadsBegun(
  client: DynamoDBDocumentClient,
  table: string,
  now: () => Date = () => new Date(),
): BegunUploads {
  const keyOf = (pictureId: string) => ({ pk: `upload#${pictureId}`, sk: "upload" });
  return {
    async keep(pictureId, upload, until) {
      const expiresAt = Math.floor(until.getTime() / 1000);
      await client.send(new PutCommand({ TableName: table, Item: { ...keyOf(pictureId), upload, expiresAt } }));
    },
    async get(pictureId) {
      // No GUID is longer, and DynamoDB fails on keys that are far too long.
      if (pictureId.length > 36) return undefined;
      const { Item } = await client.send(
        new GetCommand({ TableName: table, Key: keyOf(pictureId), ConsistentRead: true }),
      );
      if (Item === undefined || Item["expiresAt"] * 1000 <= now().getTime()) return undefined;
      return Item["upload"] as BegunUpload;
    },
  };
}
