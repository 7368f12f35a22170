import { type DynamoDBDocumentClient, QueryCommand } from "@aws-sdk/lib-dynamodb";
import type { Page } from "../ports.ts";
import type { Picture } from "../record.ts";
import { pictureOf } from "./catalog.ts";

/**
 * Newest first, over the `by-day` index. A day is spread over eight partitions, so that a busy one
 * takes 8,000 writes a second instead of 1,000; listing asks all eight and merges.
 */
const shards = ["0", "1", "2", "3", "4", "5", "6", "7"] as const;

/** How far back a listing looks before it says that there is no more. */
const daysBack = 31;

/** The `day` attribute of a record, such as `2026-11-23#5`. */
export const dayOf = ({ enteredAt, pictureId }: Pick<Picture, "enteredAt" | "pictureId">) =>
  `${enteredAt.slice(0, 10)}#${Number.parseInt(pictureId[0] ?? "0", 16) % shards.length}`;

export async function listPictures(
  client: DynamoDBDocumentClient,
  table: string,
  now: Date,
  { limit, next }: { readonly limit: number; readonly next?: string },
): Promise<Page> {
  const pictures: Picture[] = [];
  let before = next ?? endOfTime;
  for (const day of daysBefore(next === undefined ? now : new Date(next), now)) {
    const found = await Promise.all(shards.map((shard) => queryShard(client, table, `${day}#${shard}`, before, limit)));
    pictures.push(...found.flat());
    if (pictures.length >= limit) break;
    before = endOfTime;
  }
  pictures.sort((a, b) => (a.enteredAt < b.enteredAt ? 1 : a.enteredAt > b.enteredAt ? -1 : 0));
  const page = pictures.slice(0, limit);
  // Pictures of the page's last millisecond stay together, or the next page would skip some.
  const last = page.at(-1)?.enteredAt;
  for (const picture of pictures.slice(limit)) if (picture.enteredAt === last) page.push(picture);
  return pictures.length >= limit && last !== undefined ? { pictures: page, next: last } : { pictures: page };
}

const endOfTime = "9999";

async function queryShard(
  client: DynamoDBDocumentClient,
  table: string,
  day: string,
  before: string,
  limit: number,
): Promise<Picture[]> {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: table,
      IndexName: "by-day",
      KeyConditionExpression: "#day = :day AND #enteredAt < :before",
      ExpressionAttributeNames: { "#day": "day", "#enteredAt": "enteredAt" },
      ExpressionAttributeValues: { ":day": day, ":before": before },
      ScanIndexForward: false,
      Limit: limit,
    }),
  );
  return Items.map(pictureOf);
}

function* daysBefore(from: Date, now: Date): Generator<string> {
  const oldest = now.getTime() - daysBack * 24 * 3600_000;
  for (let at = from.getTime(); at >= oldest; at -= 24 * 3600_000) yield new Date(at).toISOString().slice(0, 10);
}
