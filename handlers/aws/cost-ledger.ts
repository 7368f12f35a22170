import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { CallCount, CostLedger } from "../costs/ledger.ts";
import { monthOf, type Terms } from "../costs/terms.ts";
import { dateAt } from "../digest/day.ts";
import { unlessRefused } from "./conditional.ts";

/**
 * A provider's month is `shards` items at `pk = cost#<provider>#<month>#<shard>`, each with its share
 * of the budget, in whole calls. A call is one conditional ADD to one of them: DynamoDB puts the
 * writes to an item in a row, so the shares, and with them the budget, hold however many functions
 * count at once. A share that is used up sends the caller to the next, so nothing of the budget is left over.
 *
 * An item holds its days as well and stays below 2 KB, so it takes 500 of the 1,000 write units that
 * a partition gives in a second: eight of them take 4,000 calls a second. Blocks of calls leased to each
 * function would write less often, but a function that ends takes with it what it has not used.
 *
 * It holds within one Region: of two Regions' writes to the same item, a global table keeps the later one.
 */
export const shards = 8;

export function costLedger(client: DynamoDBDocumentClient, table: string, timeZone: string): CostLedger {
  let turn = Math.floor(Math.random() * shards);
  const usedUp = new Set<string>();

  const add = (pk: string, price: number, at: Date, most: number | undefined) => {
    const day = dateAt(at, timeZone);
    const limit = most !== undefined && {
      ConditionExpression: "attribute_not_exists(#spent) OR #spent <= :most",
    };
    return unlessRefused(
      client.send(
        new UpdateCommand({
          TableName: table,
          Key: { pk, sk: "calls" },
          UpdateExpression:
            "ADD #calls :one, #spent :price, #dayCalls :one, #daySpent :price SET #expiresAt = :expiresAt",
          ...limit,
          ExpressionAttributeNames: {
            "#calls": "calls",
            "#spent": "spent",
            "#dayCalls": callsOn + day,
            "#daySpent": spentOn + day,
            "#expiresAt": "expiresAt",
          },
          ExpressionAttributeValues: {
            ":one": 1,
            ":price": price,
            ":expiresAt": in400Days(at),
            ...(limit && { ":most": most }),
          },
        }),
      ),
    );
  };

  return {
    async count(provider, terms, at) {
      const first = turn++;
      for (let next = 0; next < shards; next++) {
        const shard = (first + next) % shards;
        const pk = keyOf(provider, monthOf(at), shard);
        const most = mostBefore(shard, terms);
        if (usedUp.has(pk) || (most !== undefined && most < 0)) continue;
        if (await add(pk, terms.price, at, most)) return true;
        usedUp.add(pk);
      }
      return false;
    },
    async read(provider, month) {
      const items = await Promise.all(
        Array.from({ length: shards }, async (_, shard) => {
          const Key = { pk: keyOf(provider, month, shard), sk: "calls" };
          return (await client.send(new GetCommand({ TableName: table, Key, ConsistentRead: true }))).Item ?? {};
        }),
      );
      const days = [...new Set(items.flatMap((item) => Object.keys(item).flatMap(dayIn)))].sort();
      return {
        ...summed(items, "calls", "spent"),
        days: Object.fromEntries(days.map((day) => [day, summed(items, callsOn + day, spentOn + day)])),
      };
    },
  };
}

const keyOf = (provider: string, month: string, shard: number) => `cost#${provider}#${month}#${shard}`;

/** What a shard may have spent before it takes one call more; below nothing where it has no share. */
function mostBefore(shard: number, { price, budget }: Terms): number | undefined {
  if (budget === undefined) return undefined;
  const calls = Math.floor(budget / price);
  return (Math.floor(calls / shards) + (shard < calls % shards ? 1 : 0) - 1) * price;
}

const callsOn = "calls:";
const spentOn = "spent:";
const dayIn = (name: string) => (name.startsWith(callsOn) ? [name.slice(callsOn.length)] : []);

type Item = Readonly<Record<string, unknown>>;
const summed = (items: readonly Item[], calls: string, spent: string): CallCount => {
  const sum = (name: string) => items.reduce((total, item) => total + Number(item[name] ?? 0), 0);
  return { calls: sum(calls), spent: sum(spent) };
};

/** Epoch seconds, as DynamoDB's TTL wants them: a year can be looked back over. */
const in400Days = (at: Date) => Math.floor(at.getTime() / 1000) + 400 * 24 * 3600;
