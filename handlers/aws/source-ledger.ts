import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { SourceLedger } from "../ports.ts";

/**
 * What is remembered of a source, at `pk = source#<name>`: its cursor (`sk = cursor`), moved by
 * compare-and-swap over a counted turn, and beside it what its looks came to (`sk = standing`).
 */
export function sourceLedger(client: DynamoDBDocumentClient, table: string, name: string): SourceLedger {
  const key = (sk: "cursor" | "standing") => ({ pk: `source#${name}`, sk });
  return {
    async load() {
      const { Item } = await client.send(
        new GetCommand({ TableName: table, Key: key("cursor"), ConsistentRead: true }),
      );
      return { cursor: Item?.["cursor"] as string | undefined, turn: Number(Item?.["turn"] ?? 0) };
    },
    async move(turn, cursor) {
      try {
        await client.send(
          new UpdateCommand({
            TableName: table,
            Key: key("cursor"),
            UpdateExpression: "SET #cursor = :cursor, #turn = :next",
            ConditionExpression: turn === 0 ? "attribute_not_exists(#turn)" : "#turn = :turn",
            ExpressionAttributeNames: { "#cursor": "cursor", "#turn": "turn" },
            ExpressionAttributeValues: {
              ":cursor": cursor,
              ":next": turn + 1,
              ...(turn === 0 ? {} : { ":turn": turn }),
            },
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },
    async report(tick) {
      const { at, trouble } = tick;
      await client.send(
        new UpdateCommand({
          TableName: table,
          Key: key("standing"),
          // Failing since the first of the looks in a row that ended in trouble.
          UpdateExpression: trouble
            ? "SET #tick = :tick, #failingSince = if_not_exists(#failingSince, :at)"
            : "SET #tick = :tick, #wellAt = :at REMOVE #failingSince",
          ExpressionAttributeNames: {
            "#tick": "tick",
            "#failingSince": "failingSince",
            ...(trouble ? {} : { "#wellAt": "wellAt" }),
          },
          ExpressionAttributeValues: { ":tick": tick, ":at": at },
        }),
      );
    },
    async count(what) {
      await client.send(
        new UpdateCommand({
          TableName: table,
          Key: key("standing"),
          UpdateExpression: "ADD #what :one",
          ExpressionAttributeNames: { "#what": what },
          ExpressionAttributeValues: { ":one": 1 },
        }),
      );
    },
  };
}
