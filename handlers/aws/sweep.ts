import { type DynamoDBDocumentClient, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { placeIn } from "../bad-place.ts";
import type { Sweep } from "../ports.ts";
import { pictureOf, recordKey } from "./catalog.ts";
import { shards } from "./catalog-list.ts";

/**
 * Partition by partition of the `by-entry` index, one request at a time: without the merging that
 * listing needs, each record is read once. Of one Region's own pictures, so that nowhere two Regions
 * write the same record.
 */
export const catalogSweep =
  (client: DynamoDBDocumentClient, table: string, region: string): Sweep =>
  async ({ statuses, enteredSince, changedBefore, next }) => {
    const { shard, after }: Place = next === undefined ? { shard: 0 } : placeIn(next, isPlace);
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
        // DynamoDB takes no start that is older than what is asked for, which moves on from run to run.
        ExclusiveStartKey:
          after && after.enteredAt >= enteredSince
            ? { ...recordKey(after.pictureId), shard: shards[shard], enteredAt: after.enteredAt }
            : undefined,
      }),
    );
    return { pictures: Items.map(pictureOf), next: nextOf(shard, LastEvaluatedKey) };
  };

interface Place {
  readonly shard: number;
  /** The last record looked at. */
  readonly after?: { readonly pictureId: string; readonly enteredAt: string };
}

function nextOf(shard: number, last: Record<string, unknown> | undefined): string | undefined {
  if (last === undefined) return shard + 1 < shards.length ? nextText({ shard: shard + 1 }) : undefined;
  const pictureId = String(last["pk"]).slice(recordKey("").pk.length);
  return nextText({ shard, after: { pictureId, enteredAt: String(last["enteredAt"]) } });
}

const nextText = (place: Place) => JSON.stringify(place);

/** It goes by the caller's hands. */
function isPlace(value: unknown): value is Place {
  const { shard, after } = Object(value) as { readonly [K in keyof Place]: unknown };
  if (!Number.isInteger(shard) || shards[shard as number] === undefined) return false;
  if (after === undefined) return true;
  const { pictureId, enteredAt } = Object(after) as { readonly [name: string]: unknown };
  return [pictureId, enteredAt].every((text) => typeof text === "string" && /^[\w:.-]{1,36}$/.test(text));
}
