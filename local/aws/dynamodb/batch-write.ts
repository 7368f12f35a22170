import { database } from "./dynalite.ts";
import type { Engine, Input } from "./engine.ts";
import { ServiceError } from "./service-error.ts";
import type { Item } from "./types.ts";

interface WriteRequest {
  readonly PutRequest?: { readonly Item: Item };
  readonly DeleteRequest?: { readonly Key: Item };
}

/**
 * BatchWriteItem as single writes, each with its own stream record. Like AWS it refuses the whole
 * batch before anything is written when one request in it is malformed.
 */
export async function batchWrite(engine: Engine, input: Input): Promise<object> {
  const { RequestItems } = engine.check("BatchWriteItem", input) as { RequestItems: Record<string, WriteRequest[]> };
  const writes: [operation: string, input: Input][] = [];
  for (const [TableName, requests] of Object.entries(RequestItems)) {
    const table = await engine.table(TableName);
    const seen = new Set<string>();
    for (const { PutRequest, DeleteRequest } of requests) {
      const item = PutRequest?.Item ?? DeleteRequest!.Key;
      if (PutRequest ? database.validateItem(item, table) : database.validateKey(item, table))
        throw invalid("The provided key element does not match the schema");
      const key = database.createKey(item, table);
      if (seen.has(key)) throw invalid("Provided list of item keys contains duplicates");
      seen.add(key);
      writes.push(PutRequest ? ["PutItem", { TableName, Item: item }] : ["DeleteItem", { TableName, Key: item }]);
    }
  }
  if (writes.length > 25) throw invalid("Too many items requested for the BatchWriteItem call");
  await Promise.all(writes.map(([operation, write]) => engine.call(operation, write)));
  return { UnprocessedItems: {} };
}

const invalid = (message: string) => new ServiceError("com.amazon.coral.validate#ValidationException", message);
