import { type DynamoDBDocumentClient, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { Amendment } from "../ports.ts";
import type { Picture } from "../record.ts";
import { unlessRefused } from "./conditional.ts";

/** Sets what an amendment says, on the condition that nobody has said anything since the record was found. */
export function amendPicture(
  client: DynamoDBDocumentClient,
  TableName: string,
  Key: Record<string, string>,
  found: Picture,
  amendment: Amendment,
): Promise<boolean> {
  const said = Object.entries(amendment).filter(([, value]) => value !== undefined);
  const [unchanged, turn] =
    found.archive === undefined ? ["attribute_not_exists(#archive)", {}] : turnIs(found.archive.turn);
  return unlessRefused(
    client.send(
      new UpdateCommand({
        TableName,
        Key,
        UpdateExpression: `SET ${said.map(([name]) => `#${name} = :${name}`).join(", ")}`,
        ConditionExpression: `#status = :status AND ${unchanged}`,
        ExpressionAttributeNames: {
          "#status": "status",
          "#archive": "archive",
          ...(found.archive !== undefined && { "#turn": "turn" }),
          ...Object.fromEntries(said.map(([name]) => [`#${name}`, name])),
        },
        ExpressionAttributeValues: {
          ":status": found.status,
          ...turn,
          ...Object.fromEntries(said.map(([name, value]) => [`:${name}`, value])),
        },
      }),
    ),
  );
}

const turnIs = (turn: number) => ["#archive.#turn = :turn", { ":turn": turn }] as const;
