import type { Engine } from "./engine.ts";
import { ServiceError } from "./service-error.ts";
import type { Item, TableConfig, UserIdentity } from "./types.ts";

interface SweepDeps {
  readonly engine: Engine;
  /** Those to look through, asked each time. */
  readonly tables: () => readonly TableConfig[];
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly everyMs: number;
}

/** Deletes what has outlived its time, over and over. Answers the way to stop. */
export function startSweep({ engine, tables, now, everyMs }: SweepDeps): () => Promise<void> {
  const stop = new AbortController();
  let running: Promise<void> = Promise.resolve();
  let timer = setTimeout(turn, everyMs).unref();

  function turn() {
    running = sweep().then(() => {
      if (!stop.signal.aborted) timer = setTimeout(turn, everyMs).unref();
    });
  }

  async function sweep() {
    for (const table of tables())
      if (table.ttlAttribute !== undefined && !stop.signal.aborted) await sweepTable(table, table.ttlAttribute);
  }

  async function sweepTable(table: TableConfig, attribute: string) {
    const seconds = Math.floor(now() / 1000);
    const expired = {
      TableName: table.name,
      ExpressionAttributeNames: { "#ttl": attribute },
      // DynamoDB leaves items alone whose time lies more than five years back, taking it for a mistake.
      ExpressionAttributeValues: { ":from": { N: String(seconds - fiveYears) }, ":to": { N: String(seconds) } },
    };
    const condition = "#ttl BETWEEN :from AND :to";
    let start: unknown;
    do {
      const page = await engine.call("Scan", { ...expired, FilterExpression: condition, ExclusiveStartKey: start });
      for (const item of page.Items as Item[])
        await remove(table, item, { ...expired, ConditionExpression: condition });
      start = page.LastEvaluatedKey;
    } while (start !== undefined && !stop.signal.aborted);
  }

  async function remove({ hashKey, rangeKey }: TableConfig, item: Item, input: object) {
    const names = [hashKey, rangeKey].filter((name) => name !== undefined);
    const Key = Object.fromEntries(names.map((name) => [name, item[name]]));
    await engine.call("DeleteItem", { ...input, Key }, { userIdentity }).catch((error) => {
      // Somebody gave it more time since the scan.
      if (!(error instanceof ServiceError) || !error.code.endsWith("#ConditionalCheckFailedException")) throw error;
    });
  }

  return async () => {
    stop.abort();
    clearTimeout(timer);
    await running;
  };
}

const fiveYears = 5 * 365 * 24 * 60 * 60;
const userIdentity: UserIdentity = { type: "Service", principalId: "dynamodb.amazonaws.com" };
