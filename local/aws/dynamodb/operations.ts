import type { Call } from "../types.ts";
import { accessed } from "./accessed.ts";
import { batchWrite } from "./batch-write.ts";
import type { Engine, Input } from "./engine.ts";
import { ServiceError } from "./service-error.ts";
import { calledOutput, type StoredTable, storedInput } from "./stored-tables.ts";

interface OperationsDeps {
  readonly engine: Engine;
  readonly tables: readonly StoredTable[];
}

/** Answers one operation in one Region after asking the caller's policies about every table and index it touches. */
export function createOperations({ engine, tables }: OperationsDeps) {
  const byRegion = new Map(
    [...Map.groupBy(tables, ({ region }) => region)].map(([region, own]) => [
      region,
      new Map(own.map((table) => [table.calledName, table])),
    ]),
  );
  const calledNames = new Map(tables.map(({ name, calledName }) => [name, calledName]));

  function tableOf(name: unknown, region: string): StoredTable {
    const own = byRegion.get(region);
    const table = own?.get(String(name));
    if (table) return table;
    throw new ServiceError(
      "ResourceNotFoundException",
      `Requested resource not found: expected one of the tables ${[...(own?.keys() ?? [])].join(", ") || "(none)"} of ${region}, but received ${name}.`,
    );
  }

  function resources(operation: string, input: Input, region: string): string[] {
    const names = inBatch.has(operation) ? Object.keys(Object(input.RequestItems)) : [input.TableName];
    return names.map((name) => {
      const { arn } = tableOf(name, region);
      return input.IndexName === undefined ? arn : `${arn}/index/${input.IndexName}`;
    });
  }

  return async (operation: string, input: Input, allow: (call: Call) => void, region: string): Promise<object> => {
    if (!known.has(operation))
      throw new ServiceError(
        "UnknownOperationException",
        `Expected one of ${[...known].join(", ")}, but received ${operation}, which the laptop's DynamoDB does not have.${hints[operation] ?? ""}`,
      );
    const table = input.TableName === undefined ? undefined : tableOf(input.TableName, region);
    const context = table && accessed(input, table);
    for (const resource of resources(operation, input, region))
      allow({ action: `dynamodb:${operation}`, resource, context });
    const stored = storedInput(input, (called) => tableOf(called, region).name);
    const output = await (operation === "BatchWriteItem" ? batchWrite(engine, stored) : engine.call(operation, stored));
    return calledOutput(output, (name) => calledNames.get(name) ?? name);
  };
}

const known = new Set([
  "GetItem",
  "PutItem",
  "UpdateItem",
  "DeleteItem",
  "BatchGetItem",
  "BatchWriteItem",
  "Query",
  "Scan",
  "DescribeTable",
]);
const inBatch = new Set(["BatchGetItem", "BatchWriteItem"]);
const transactions = " Use one conditional write for each item instead.";
const hints: Readonly<Record<string, string>> = { TransactWriteItems: transactions, TransactGetItems: transactions };
