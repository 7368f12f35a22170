import { type DynamoDBDocumentClient, QueryCommand } from "@aws-sdk/lib-dynamodb";
import type { Page } from "../ports.ts";
import type { Picture } from "../record.ts";
import { pictureOf } from "./catalog.ts";

/**
 * Newest first, over the `by-entry` index, or `by-uploader` for one person's. The former is spread
 * over eight partitions, so that it takes 8,000 writes a second instead of 1,000; listing asks all
 * eight and merges.
 */
export const shards = ["0", "1", "2", "3", "4", "5", "6", "7"] as const;

/** The `shard` attribute of a record, by the first digit of its id. */
export const shardOf = ({ pictureId }: Pick<Picture, "pictureId">) =>
  shards[Number.parseInt(pictureId.slice(0, 1), 16) % shards.length] ?? shards[0];

/** `next` is the time of entry of a page's last picture: those of one moment stay on one page. */
export async function listPictures(
  client: DynamoDBDocumentClient,
  table: string,
  { limit, next = endOfTime, uploader }: { readonly limit: number; readonly next?: string; readonly uploader?: string },
): Promise<Page> {
  const partitions: Partition[] =
    uploader === undefined
      ? shards.map((shard) => ({ index: "by-entry", name: "shard", value: shard }))
      : [{ index: "by-uploader", name: "uploader", value: uploader }];
  const found = await Promise.all(partitions.map((partition) => queryOne(client, table, partition, next, limit)));
  const pictures = found.flat().sort(newestFirst);
  const cut = endOfPage(pictures, limit);
  const page = pictures.slice(0, cut);
  return cut < pictures.length ? { pictures: page, next: page.at(-1)!.enteredAt } : { pictures: page };
}

const endOfTime = "9999";

const newestFirst = (a: Picture, b: Picture) => (a.enteredAt < b.enteredAt ? 1 : a.enteredAt > b.enteredAt ? -1 : 0);

/** Where a page of `limit` ends in a list that is newest first, with all that entered in its last moment. */
function endOfPage(pictures: readonly Picture[], limit: number): number {
  const last = pictures[limit - 1]?.enteredAt;
  if (last === undefined) return pictures.length;
  const after = pictures.findIndex(({ enteredAt }, at) => at >= limit && enteredAt !== last);
  return after < 0 ? pictures.length : after;
}

interface Partition {
  readonly index: "by-entry" | "by-uploader";
  /** Its hash attribute, and the value of it. */
  readonly name: string;
  readonly value: string;
}

/** Enough of one partition for a page and one more, or all there is; a query alone ends at 1 MB. */
async function queryOne(
  client: DynamoDBDocumentClient,
  table: string,
  { index, name, value }: Partition,
  before: string,
  limit: number,
): Promise<Picture[]> {
  const pictures: Picture[] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: table,
        IndexName: index,
        KeyConditionExpression: "#name = :value AND #enteredAt < :before",
        ExpressionAttributeNames: { "#name": name, "#enteredAt": "enteredAt" },
        ExpressionAttributeValues: { ":value": value, ":before": before },
        ScanIndexForward: false,
        Limit: limit + 1,
        ExclusiveStartKey: start,
      }),
    );
    pictures.push(...Items.map(pictureOf));
    start = LastEvaluatedKey;
  } while (start !== undefined && endOfPage(pictures, limit) === pictures.length);
  return pictures;
}
