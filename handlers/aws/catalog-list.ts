import { type DynamoDBDocumentClient, QueryCommand } from "@aws-sdk/lib-dynamodb";
import type { Glance, ListOptions, Page } from "../ports.ts";
import type { Picture, Status } from "../record.ts";
import { pictureOf } from "./catalog.ts";

/**
 * Newest first, over the `by-entry` index, or `by-uploader` for one person's, or `in-review`. The
 * first is spread over eight partitions, so that it takes 8,000 writes a second instead of 1,000;
 * listing asks all eight and merges.
 */
export const shards = ["0", "1", "2", "3", "4", "5", "6", "7"] as const;

/** The `shard` attribute of a record, by the first digit of its id. */
export const shardOf = ({ pictureId }: Pick<Picture, "pictureId">) =>
  shards[Number.parseInt(pictureId.slice(0, 1), 16) % shards.length] ?? shards[0];

/** `next` is the time of entry of a page's last picture: those of one moment stay on one page. */
export async function listPictures(
  client: DynamoDBDocumentClient,
  table: string,
  { limit, next = endOfTime, of }: ListOptions,
): Promise<Page> {
  const partitions = partitionsOf(of);
  const readers = partitions.map((partition) =>
    readerOf(client, table, partition, next, shareOf(limit, partitions.length)),
  );
  let pictures: Picture[] = [];
  let cut = 0;
  let behind = readers;
  while (behind.length > 0) {
    await Promise.all(behind.map((reader) => reader.more()));
    pictures = readers.flatMap((reader) => reader.pictures).sort(newestFirst);
    cut = endOfPage(pictures, limit);
    const last = pictures[limit - 1]?.enteredAt;
    // Those whose next picture may belong on this page.
    behind = readers.filter((reader) => !reader.ended() && (last === undefined || reader.reached() >= last));
  }
  const page = pictures.slice(0, cut);
  return cut < pictures.length ? { pictures: page, next: page.at(-1)!.enteredAt } : { pictures: page };
}

/** By status, of all that entered since: each of the eight partitions is gone through, for a few attributes alone. */
export async function tallyPictures(
  client: DynamoDBDocumentClient,
  table: string,
  since: string,
  see: (seen: Glance) => void = () => {},
): Promise<Partial<Record<Status, number>>> {
  const counts: Partial<Record<Status, number>> = {};
  const count = async (shard: string) => {
    let start: Record<string, unknown> | undefined;
    do {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: table,
          IndexName: "by-entry",
          KeyConditionExpression: "#shard = :shard AND #enteredAt >= :since",
          ProjectionExpression: glanced.map((name) => `#${name}`).join(", "),
          ExpressionAttributeNames: Object.fromEntries(
            ["shard", "enteredAt", ...glanced].map((name) => [`#${name}`, name]),
          ),
          ExpressionAttributeValues: { ":shard": shard, ":since": since },
          ExclusiveStartKey: start,
        }),
      );
      for (const seen of Items as Glance[]) {
        counts[seen.status] = (counts[seen.status] ?? 0) + 1;
        see(seen);
      }
      start = LastEvaluatedKey;
    } while (start !== undefined);
  };
  await Promise.all(shards.map(count));
  return counts;
}

const glanced = ["pictureId", "name", "status", "changedAt", "woken"] as const satisfies readonly (keyof Glance)[];

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
  readonly index: "by-entry" | "by-uploader" | "in-review";
  /** Its hash attribute, and the value of it. */
  readonly name: string;
  readonly value: string;
}

function partitionsOf(of: ListOptions["of"]): readonly Partition[] {
  if (of === undefined) return shards.map((shard) => ({ index: "by-entry", name: "shard", value: shard }));
  if ("uploader" in of) return [{ index: "by-uploader", name: "uploader", value: of.uploader }];
  return [{ index: "in-review", name: "waiting", value: of.status }];
}

/** How many to ask one of so many partitions for: ids fall evenly, give or take twice the deviation, and one more. */
const shareOf = (limit: number, partitions: number) =>
  partitions === 1 ? limit + 1 : Math.ceil(limit / partitions + 2 * Math.sqrt(limit / partitions)) + 1;

/** Reads one partition, a share at a time. */
function readerOf(
  client: DynamoDBDocumentClient,
  table: string,
  { index, name, value }: Partition,
  before: string,
  share: number,
) {
  const pictures: Picture[] = [];
  let start: Record<string, unknown> | undefined;
  let ended = false;
  return {
    pictures,
    ended: () => ended,
    /** When the last picture entered that it has read: all that are left are no newer. */
    reached: () => pictures.at(-1)?.enteredAt ?? before,
    async more() {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: table,
          IndexName: index,
          KeyConditionExpression: "#name = :value AND #enteredAt < :before",
          ExpressionAttributeNames: { "#name": name, "#enteredAt": "enteredAt" },
          ExpressionAttributeValues: { ":value": value, ":before": before },
          ScanIndexForward: false,
          Limit: share,
          ExclusiveStartKey: start,
        }),
      );
      pictures.push(...Items.map(pictureOf));
      start = LastEvaluatedKey;
      ended = start === undefined;
    },
  };
}
