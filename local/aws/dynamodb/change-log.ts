import type { Batch, Level } from "./dynalite.ts";
import { fromSequence, toSequence, toStreamRecord } from "./stream-record.ts";
import type { Change, ChangeLog, StreamRecord, TableConfig } from "./types.ts";

/** A change log with its inner side: what to write together with a change. */
export interface OpenChangeLog extends ChangeLog {
  append(change: Change): { readonly operations: Batch; readonly written: () => void };
}

interface ChangeLogDeps {
  readonly level: Level;
  readonly table: TableConfig;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** The stream of one table, kept beside its items so that both are written in one batch. */
export async function openChangeLog({ level, table, now }: ChangeLogDeps): Promise<OpenChangeLog> {
  const prefix = `stream-${table.name}~`;
  const end = `${prefix}~`;
  const listeners = new Set<() => void>();
  let latest = await newest();
  let given = latest === undefined ? 0 : fromSequence(latest);

  async function newest() {
    for await (const [key] of level.iterator({ gt: prefix, lt: end, reverse: true, limit: 1 }))
      return key.slice(prefix.length);
    return undefined;
  }

  return {
    get latest() {
      return latest;
    },
    append(change) {
      const sequence = toSequence(given + 1);
      const value = toStreamRecord(table, change, { sequence, now: now() });
      if (!value) return { operations: [], written: () => {} };
      given += 1;
      return {
        operations: [{ type: "put", key: prefix + sequence, value }],
        written() {
          latest = sequence;
          for (const listener of listeners) listener();
        },
      };
    },
    read: (after = "", limit) => level.values({ gt: prefix + after, lt: end, limit }).all() as Promise<StreamRecord[]>,
    onAppend(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async release(through) {
      // The newest record stays: after a restart the numbering goes on from it.
      const range = { gt: prefix, lte: prefix + through, lt: prefix + (latest ?? "") };
      const old = now() / 1000 - 24 * 60 * 60;
      let last: string | undefined;
      for await (const [key, record] of level.iterator({ gt: range.gt, lt: range.lt })) {
        if (key > range.lte || (record as StreamRecord).dynamodb.ApproximateCreationDateTime > old) break;
        last = key;
      }
      if (last !== undefined) await level.clear({ gt: prefix, lte: last });
    },
  };
}
