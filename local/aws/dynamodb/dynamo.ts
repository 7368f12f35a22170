import { mkdir } from "node:fs/promises";
import type { authenticate } from "../signature.ts";
import type { Endpoint, EndpointDeps } from "../types.ts";
import { backfill } from "./backfill.ts";
import { type OpenChangeLog, openChangeLog } from "./change-log.ts";
import { database } from "./dynalite.ts";
import { openEngine, promised } from "./engine.ts";
import { jsonProtocol } from "./json-protocol.ts";
import { createOperations } from "./operations.ts";
import { openReplica, type Replica, versionKeyOf } from "./replica.ts";
import { type Replication, startReplication } from "./replication.ts";
import { storedTables } from "./stored-tables.ts";
import { startSweep } from "./sweep.ts";
import { ensureTable } from "./tables.ts";
import type { ChangeLog, Item, TableConfig, Version } from "./types.ts";

export interface DynamoDeps {
  /** Folder of the tables; made when missing, locked while open. */
  readonly dir: string;
  /** Those of one name in several Regions are replicas of one table, which was first where it is named first. */
  readonly tables: readonly TableConfig[];
  readonly deps: EndpointDeps;
  readonly authenticate: typeof authenticate;
  /** Epoch milliseconds. @default Date.now */
  readonly now?: () => number;
  /** Time between two looks for items that have outlived their time. @default 30000 */
  readonly ttlEveryMs?: number;
  /** From a write until the other Regions have it. @default 0 */
  readonly replicationDelayMs?: number;
}

export interface Dynamo extends Pick<Replication, "cut" | "rejoin"> {
  /** DynamoDB's JSON protocol, whatever the path; a request is for the Region that it is signed for. */
  readonly endpoint: Endpoint;
  /** By its ARN. @throws Error `NO_STREAM` */
  stream(streamArn: string): ChangeLog;
  /** Whether the last write of an item was made in the Region of this stream, rather than brought there. */
  wroteLast(streamArn: string, key: Item): Promise<boolean>;
  close(): Promise<void>;
}

/** DynamoDB on this machine: dynalite's engine with signatures, policies, streams, time to live and replicas. */
export async function createDynamo(options: DynamoDeps): Promise<Dynamo> {
  const { dir, deps, authenticate, now = Date.now, ttlEveryMs = 30_000, replicationDelayMs: delayMs = 0 } = options;
  const tables = storedTables(options.tables);
  await mkdir(dir, { recursive: true });
  const logs = new Map<string, OpenChangeLog>();
  const replicas = new Map<string, Replica>();
  const engine = await openEngine({
    path: dir,
    versionKey: (table, key) => (replicas.has(table) ? versionKeyOf(table, key) : undefined),
    outbox(change) {
      const replica = replicas.get(change.table);
      if (replica?.isPast(change)) return undefined;
      const recorded = logs.get(change.table)?.append(change) ?? { operations: [], written: () => {} };
      if (replica === undefined) return recorded;
      const kept = replica.keep(change, recorded.operations.length > 0);
      return {
        operations: [...recorded.operations, ...kept.operations],
        written() {
          recorded.written();
          kept.written();
        },
      };
    },
  });
  const open = async () => {
    for (const table of tables) {
      const { db: level } = engine.store;
      await ensureTable(engine, table);
      if (table.streams) logs.set(table.name, await openChangeLog({ level, table, now }));
      if (table.peers.length > 0) replicas.set(table.name, await openReplica({ level, table, now }));
    }
    for (const table of tables) {
      const first = tables.find(({ calledName }) => calledName === table.calledName)!;
      if (table !== first) await backfill(engine, first, table);
    }
    return startReplication({ engine, replicas: [...replicas.values()], delayMs, now });
  };
  const replication = await open().catch(async (error) => {
    await engine.close();
    throw error;
  });
  // One Region deletes what has outlived its time; the others hear of it as of any deletion.
  const swept = () => {
    const reached = tables.filter(({ region }) => !replication.isAway(region));
    return reached.filter((table) => table === reached.find(({ calledName }) => calledName === table.calledName));
  };
  const stopSweep = startSweep({ engine, tables: swept, now, everyMs: ttlEveryMs });

  return {
    endpoint: jsonProtocol({
      target: "DynamoDB_20120810",
      contentType: "application/x-amz-json-1.0",
      deps,
      authenticate,
      answer: createOperations({ engine, tables }),
    }),
    stream(streamArn) {
      const streaming = tables.filter(({ streams }) => streams);
      const log = logs.get(streaming.find((table) => table.streamArn === streamArn)?.name ?? "");
      if (log) return log;
      throw new Error(
        `NO_STREAM: expected the ARN of a table's stream, one of ${streaming.map((table) => table.streamArn).join(", ") || "(none)"}, received ${streamArn}.`,
      );
    },
    async wroteLast(streamArn, key) {
      const table = tables.find((each) => each.streamArn === streamArn);
      if (table === undefined || table.peers.length === 0) return true;
      const versionKey = versionKeyOf(table.name, database.createKey(key, await engine.table(table.name)));
      const version = await promised<Version | undefined>((done) =>
        engine.store.db.get(versionKey, (error, value) => done(error, value as Version | undefined)),
      );
      return version === undefined || version.region === table.region;
    },
    cut: replication.cut,
    rejoin: replication.rejoin,
    async close() {
      await Promise.all([stopSweep(), replication.close()]);
      await engine.close();
    },
  };
}
