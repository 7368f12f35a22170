import { type DynamoDBDocumentClient, QueryCommand } from "@aws-sdk/lib-dynamodb";
import type { Sweep } from "../ports.ts";
import { pictureOf } from "./catalog.ts";
import { shards } from "./catalog-list.ts";

/**
 * Partition by partition of the `by-entry` index, one request at a time: without the merging that
 * listing needs, each record is read once. Of one Region's own pictures, so that nowhere two Regions
 * write the same record.
 */
export const catalogSweep =
  (client: DynamoDBDocumentClient, table: string, region: string): Sweep =>
  async ({ statuses, enteredSince, changedBefore, next }) => {
    const { shard, start } = next === undefined ? { shard: 0 } : (JSON.parse(next) as Place);
    const names = statuses.map((_, index) => `:status${index}`);
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: table,
        IndexName: "by-entry",
        KeyConditionExpression: "#shard = :shard AND #enteredAt >= :since",
        FilterExpression: `#status IN (${names.join(", ")}) AND #changedAt < :before AND #homeRegion = :region`,
        ExpressionAttributeNames: {
          "#shard": "shard",
          "#enteredAt": "enteredAt",
          "#status": "status",
          "#changedAt": "changedAt",
          "#homeRegion": "homeRegion",
        },
        ExpressionAttributeValues: {
          ":shard": shards[shard],
          ":since": enteredSince,
          ":before": changedBefore,
          ":region": region,
          ...Object.fromEntries(statuses.map((status, index) => [names[index], status])),
        },
        ExclusiveStartKey: start,
      }),
    );
    return { pictures: Items.map(pictureOf), next: nextOf(shard, LastEvaluatedKey) };
  };

interface Place {
  readonly shard: number;
  readonly start?: Record<string, unknown>;
}

function nextOf(shard: number, start: Place["start"]): string | undefined {
  if (start !== undefined) return JSON.stringify({ shard, start } satisfies Place);
  return shard + 1 < shards.length ? JSON.stringify({ shard: shard + 1 } satisfies Place) : undefined;
}
