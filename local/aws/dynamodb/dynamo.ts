import { mkdir } from "node:fs/promises";
import type { authenticate } from "../signature.ts";
import type { Endpoint, EndpointDeps } from "../types.ts";
import { type OpenChangeLog, openChangeLog } from "./change-log.ts";
import { openEngine } from "./engine.ts";
import { jsonProtocol } from "./json-protocol.ts";
import { createOperations } from "./operations.ts";
import { startSweep } from "./sweep.ts";
import { ensureTable } from "./tables.ts";
import type { ChangeLog, TableConfig } from "./types.ts";

export interface DynamoDeps {
  /** Folder of the tables; made when missing, locked while open. */
  readonly dir: string;
  readonly tables: readonly TableConfig[];
  readonly deps: EndpointDeps;
  readonly authenticate: typeof authenticate;
  /** Epoch milliseconds. @default Date.now */
  readonly now?: () => number;
  /** Time between two looks for items that have outlived their time. @default 30000 */
  readonly ttlEveryMs?: number;
}

export interface Dynamo {
  /** DynamoDB's JSON protocol, whatever the path. */
  readonly endpoint: Endpoint;
  /** @throws Error for a table without a stream. */
  stream(table: string): ChangeLog;
  close(): Promise<void>;
}

/** DynamoDB on this machine: dynalite's engine with signatures, policies, streams and time to live. */
export async function createDynamo(options: DynamoDeps): Promise<Dynamo> {
  const { dir, tables, deps, authenticate, now = Date.now, ttlEveryMs = 30_000 } = options;
  await mkdir(dir, { recursive: true });
  const logs = new Map<string, OpenChangeLog>();
  const engine = await openEngine({
    path: dir,
    outbox: (change) => logs.get(change.table)?.append(change) ?? { operations: [], written: () => {} },
  });
  try {
    for (const table of tables) {
      await ensureTable(engine, table);
      if (table.streams) logs.set(table.name, await openChangeLog({ level: engine.store.db, table, now }));
    }
  } catch (error) {
    await engine.close();
    throw error;
  }
  const stopSweep = startSweep({ engine, tables, now, everyMs: ttlEveryMs });

  return {
    endpoint: jsonProtocol({
      target: "DynamoDB_20120810",
      contentType: "application/x-amz-json-1.0",
      deps,
      authenticate,
      answer: createOperations({ engine, tables }),
    }),
    stream(table) {
      const log = logs.get(table);
      if (log) return log;
      throw new Error(
        `NO_STREAM: expected ${table} to be a table with a stream, one of ${[...logs.keys()].join(", ") || "(none)"}.`,
      );
    },
    async close() {
      await stopSweep();
      await engine.close();
    },
  };
}
