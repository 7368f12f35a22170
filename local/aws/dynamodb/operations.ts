import type { Call } from "../types.ts";
import { accessed } from "./accessed.ts";
import { batchWrite } from "./batch-write.ts";
import type { Engine, Input } from "./engine.ts";
import { ServiceError } from "./service-error.ts";
import type { TableConfig } from "./types.ts";

interface OperationsDeps {
  readonly engine: Engine;
  readonly tables: readonly TableConfig[];
}

/** Answers one operation after asking the caller's policies about every table and index it touches. */
export function createOperations({ engine, tables }: OperationsDeps) {
  const configOf = new Map(tables.map((table) => [table.name, table]));

  function resources(operation: string, input: Input): string[] {
    const names = inBatch.has(operation) ? Object.keys(Object(input.RequestItems)) : [input.TableName];
    return names.map((name) => {
      const table = configOf.get(String(name));
      if (!table)
        throw new ServiceError(
          "ResourceNotFoundException",
          `Requested resource not found: expected one of the tables ${[...configOf.keys()].join(", ")}, but received ${name}.`,
        );
      return input.IndexName === undefined ? table.arn : `${table.arn}/index/${input.IndexName}`;
    });
  }

  return async (operation: string, input: Input, allow: (call: Call) => void): Promise<object> => {
    if (!known.has(operation))
      throw new ServiceError(
        "UnknownOperationException",
        `Expected one of ${[...known].join(", ")}, but received ${operation}, which the laptop's DynamoDB does not have.${hints[operation] ?? ""}`,
      );
    const [table] = tables.filter(({ name }) => name === input.TableName);
    const context = table && accessed(input, table);
    for (const resource of resources(operation, input)) allow({ action: `dynamodb:${operation}`, resource, context });
    return operation === "BatchWriteItem" ? batchWrite(engine, input) : engine.call(operation, input);
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
