import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { hashOf } from "../api/secrets.ts";
import type { Count, People } from "../api/types.ts";

/**
 * Who may come in, in the catalog's table: `code#<hash>`, `session#<hash>` and `limit#<what>#<hash>`.
 * DynamoDB removes an item some time after its `expiresAt`, so reading looks at it as well.
 */
export function dynamoPeople(
  client: DynamoDBDocumentClient,
  table: string,
  now: () => Date = () => new Date(),
): People & { readonly count: Count } {
  const keep = async (kind: "code" | "session", hash: string, { email, until }: { email: string; until: Date }) => {
    const Item = { ...keyOf(kind, hash), email, expiresAt: inSeconds(until) };
    await client.send(new PutCommand({ TableName: table, Item }));
  };

  return {
    keepCode: (hash, code) => keep("code", hash, code),
    keepSession: (hash, session) => keep("session", hash, session),

    async takeCode(hash) {
      try {
        // One conditional write, so that of two who bring the same code only one gets in.
        const { Attributes } = await client.send(
          new DeleteCommand({
            TableName: table,
            Key: keyOf("code", hash),
            ConditionExpression: "#expiresAt > :now",
            ExpressionAttributeNames: { "#expiresAt": "expiresAt" },
            ExpressionAttributeValues: { ":now": inSeconds(now()) },
            ReturnValues: "ALL_OLD",
          }),
        );
        return String(Attributes?.["email"]);
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return undefined;
        throw error;
      }
    },

    async session(hash) {
      const { Item } = await client.send(
        new GetCommand({ TableName: table, Key: keyOf("session", hash), ConsistentRead: true }),
      );
      return Item && Item["expiresAt"] > inSeconds(now()) ? String(Item["email"]) : undefined;
    },

    async endSession(hash) {
      await client.send(new DeleteCommand({ TableName: table, Key: keyOf("session", hash) }));
    },

    async count(what, who, seconds, by = 1) {
      const start = Math.floor(inSeconds(now()) / seconds) * seconds;
      const { Attributes } = await client.send(
        new UpdateCommand({
          TableName: table,
          Key: { pk: `limit#${what}#${hashOf(who)}`, sk: String(start) },
          UpdateExpression: "ADD #count :by SET #expiresAt = :end",
          ExpressionAttributeNames: { "#count": "count", "#expiresAt": "expiresAt" },
          ExpressionAttributeValues: { ":by": by, ":end": start + seconds },
          ReturnValues: "ALL_NEW",
        }),
      );
      return { count: Number(Attributes?.["count"]), secondsLeft: start + seconds - inSeconds(now()) };
    },
  };
}

const keyOf = (kind: "code" | "session", hash: string) => ({ pk: `${kind}#${hash}`, sk: kind });

/** Epoch seconds, as DynamoDB's TTL wants them. */
const inSeconds = (date: Date) => Math.floor(date.getTime() / 1000);
