import { type Engine, promised } from "./engine.ts";
import { versionKeyOf } from "./replica.ts";
import type { StoredTable } from "./stored-tables.ts";
import type { Item, Version } from "./types.ts";

/** Fills a replica that is new with what the first one has, as AWS does before it is active. Killed on the way, it begins again. */
export async function backfill(engine: Engine, first: StoredTable, added: StoredTable): Promise<void> {
  const { db } = engine.store;
  const mark = `filled-${added.name}`;
  if ((await promised<unknown>((done) => db.get(mark, done))) !== undefined) return;
  const prefix = `item-${first.name}~`;
  for await (const [key, item] of db.iterator({ gte: prefix, lt: `${prefix}\xFF` })) {
    const versionKey = versionKeyOf(first.name, key.slice(prefix.length));
    const known = await promised<unknown>((done) => db.get(versionKey, done));
    // What was there before there were Regions is older than all that they write.
    const replicated = (known as Version | undefined) ?? { time: 0, region: first.region };
    await engine.call("PutItem", { TableName: added.name, Item: item as Item }, { replicated });
  }
  await promised((done) => db.put(mark, true, done));
}
