import { DeleteCommand, type DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import type { DigestDeps } from "../digest/digest.ts";
import { unlessRefused } from "./conditional.ts";

/** Which mails of the digest were sent, in the catalog's table at `digest#…`, until TTL removes them. */
export const digestClaims = (
  client: DynamoDBDocumentClient,
  table: string,
  now: () => Date,
): Pick<DigestDeps, "claim" | "release"> => ({
  claim(effect) {
    const Item = { ...keyOf(effect), at: now().toISOString(), expiresAt: in30Days(now()) };
    const put = new PutCommand({ TableName: table, Item, ConditionExpression: "attribute_not_exists(pk)" });
    return unlessRefused(client.send(put));
  },
  async release(effect) {
    await client.send(new DeleteCommand({ TableName: table, Key: keyOf(effect) }));
  },
});

const keyOf = (effect: string) => ({ pk: effect, sk: "mailed" });

/** Epoch seconds, as DynamoDB's TTL wants them; no call is repeated for that long. */
const in30Days = (now: Date) => Math.floor(now.getTime() / 1000) + 30 * 24 * 3600;
