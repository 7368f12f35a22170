import type { Input } from "./engine.ts";
import type { TableConfig } from "./types.ts";

/** A table as it lies in the store, where the replicas of several Regions stand side by side. */
export interface StoredTable extends TableConfig {
  /** What its callers call it: `name` is the store's. */
  readonly calledName: string;
  /** Stored names of the same table in the other Regions. */
  readonly peers: readonly string[];
}

/**
 * Tables of one name in several Regions are the replicas of one global table. The first keeps its
 * name in the store, so that a data folder of one Region is still good when others are added.
 * @throws Error `REPLICA_BROKEN` for what AWS would refuse
 */
export function storedTables(tables: readonly TableConfig[]): readonly StoredTable[] {
  return [...Map.groupBy(tables, ({ name }) => name).values()].flatMap((replicas) => {
    for (const { name, region, streams } of replicas)
      if (replicas.length > 1 && !streams)
        throw new Error(
          `REPLICA_BROKEN: expected table ${name} to have a stream in ${region}: without one it has no replicas.`,
        );
    const names = replicas.map(({ name, region }, at) => (at === 0 ? name : `${name}.${region}`));
    return replicas.map((table, at) => ({
      ...table,
      name: names[at]!,
      calledName: table.name,
      peers: names.filter((_, other) => other !== at),
    }));
  });
}

/** An operation's input with its tables under the store's names. */
export const storedInput = (input: Input, storedName: (called: string) => string): Input => renamed(input, storedName);

/** An operation's output with its tables under the names that callers know. */
export const calledOutput = (output: object, calledName: (stored: string) => string): object =>
  renamed({ ...output }, calledName);

function renamed(content: Input, rename: (name: string) => string): Input {
  return Object.fromEntries(
    Object.entries(content).map(([member, value]) => {
      if (member === "TableName") return [member, rename(String(value))];
      if (byTable.has(member)) return [member, withKeys(value, rename)];
      if (member === "Table" || member === "ConsumedCapacity") return [member, within(value, rename)];
      return [member, value];
    }),
  );
}

/** Members whose keys are names of tables. */
const byTable = new Set(["RequestItems", "Responses", "UnprocessedKeys", "UnprocessedItems"]);

const withKeys = (value: unknown, rename: (name: string) => string) =>
  Object.fromEntries(Object.entries(Object(value)).map(([name, inner]) => [rename(name), inner]));

const within = (value: unknown, rename: (name: string) => string): unknown =>
  Array.isArray(value) ? value.map((each) => renamed(each, rename)) : renamed(Object(value), rename);
