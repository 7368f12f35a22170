import { isDeepStrictEqual } from "node:util";
import { database } from "./dynalite.ts";
import { type Engine, promised } from "./engine.ts";
import type { IndexConfig, Item, TableConfig, TableDefinition } from "./types.ts";

/**
 * Makes the table as configured, or brings the one on disk up to it: new and changed indexes are
 * filled from the items, those no longer named are dropped.
 * @throws Error `TABLE_KEYS_CHANGED`; @throws ServiceError `ValidationException` for what AWS would refuse.
 */
export async function ensureTable(engine: Engine, config: TableConfig): Promise<void> {
  const { store } = engine;
  const wanted = definitionOf(engine, config);
  const found = await promised<TableDefinition | undefined>((done) => store.tableDb.get(config.name, done));
  if (found && !isDeepStrictEqual(keysOf(found), keysOf(wanted)))
    throw new Error(
      `TABLE_KEYS_CHANGED: expected table ${config.name} to have the keys ${JSON.stringify(keysOf(wanted))}, but the one on disk has ${JSON.stringify(keysOf(found))}. Keys cannot change: rename the table, or remove the data folder.`,
    );

  const before = new Map((found?.GlobalSecondaryIndexes ?? []).map((index) => [index.IndexName, index]));
  const changed = (wanted.GlobalSecondaryIndexes ?? []).filter((index) => !same(index, before.get(index.IndexName)));
  const kept = new Set((wanted.GlobalSecondaryIndexes ?? []).map((index) => index.IndexName));
  const dropped = [...before.keys()].filter((name) => !kept.has(name));

  // The definition is written last: a start that is killed on the way fills the indexes again.
  for (const name of [...dropped, ...changed.map((index) => index.IndexName)])
    await promised((done) => store.deleteIndexDb("global", config.name, name, done));
  if (changed.length > 0) await fill(engine, { ...wanted, GlobalSecondaryIndexes: changed });
  await promised((done) => store.tableDb.put(config.name, wanted, done));
}

async function fill({ store }: Engine, table: TableDefinition) {
  const prefix = `item-${table.TableName}~`;
  for await (const item of store.db.values({ gte: prefix, lt: `${prefix}\xFF` }))
    await promised((done) => database.updateIndexes(store, table, undefined, item as Item, done));
}

function definitionOf(engine: Engine, config: TableConfig): TableDefinition {
  const throughput = { ReadCapacityUnits: 0, WriteCapacityUnits: 0, NumberOfDecreasesToday: 0 };
  const checked = engine.check("CreateTable", {
    TableName: config.name,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: config.attributes.map(({ name, type }) => ({ AttributeName: name, AttributeType: type })),
    KeySchema: keySchema(config),
    ...(config.indexes.length > 0 && { GlobalSecondaryIndexes: config.indexes.map(indexDefinition) }),
  });
  return {
    TableName: config.name,
    TableArn: config.arn,
    TableStatus: "ACTIVE",
    CreationDateTime: 0,
    ItemCount: 0,
    TableSizeBytes: 0,
    BillingModeSummary: { BillingMode: "PAY_PER_REQUEST" },
    ProvisionedThroughput: throughput,
    KeySchema: checked.KeySchema,
    AttributeDefinitions: checked.AttributeDefinitions,
    ...(checked.GlobalSecondaryIndexes && {
      GlobalSecondaryIndexes: checked.GlobalSecondaryIndexes.map((index) => ({
        ...index,
        IndexArn: `${config.arn}/index/${index.IndexName}`,
        IndexStatus: "ACTIVE",
        IndexSizeBytes: 0,
        ItemCount: 0,
        ProvisionedThroughput: throughput,
      })),
    }),
    ...(config.streams && {
      StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
      LatestStreamArn: config.streamArn,
    }),
  };
}

const indexDefinition = (index: IndexConfig) => ({
  IndexName: index.name,
  KeySchema: keySchema(index),
  Projection:
    typeof index.projection === "string"
      ? { ProjectionType: index.projection }
      : { ProjectionType: "INCLUDE", NonKeyAttributes: index.projection.include },
});

const keySchema = ({ hashKey, rangeKey }: { readonly hashKey: string; readonly rangeKey?: string }) => [
  { AttributeName: hashKey, KeyType: "HASH" as const },
  ...(rangeKey === undefined ? [] : [{ AttributeName: rangeKey, KeyType: "RANGE" as const }]),
];

const keysOf = ({ KeySchema, AttributeDefinitions }: TableDefinition) =>
  KeySchema.map(({ AttributeName, KeyType }) => [
    AttributeName,
    KeyType,
    AttributeDefinitions.find((attribute) => attribute.AttributeName === AttributeName)?.AttributeType,
  ]);

type Index = NonNullable<TableDefinition["GlobalSecondaryIndexes"]>[number];
const same = (a: Index, b: Index | undefined) =>
  b !== undefined && isDeepStrictEqual([a.KeySchema, a.Projection], [b.KeySchema, b.Projection]);
