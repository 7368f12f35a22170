import type { Batch, Level } from "./dynalite.ts";
import { promised } from "./engine.ts";
import type { StoredTable } from "./stored-tables.ts";
import { fromSequence, toSequence } from "./stream-record.ts";
import type { Change, Item, Version } from "./types.ts";

/** What one Region's replica of a global table keeps beside its items: their versions, and what the others have not heard. */
export interface Replica {
  readonly table: StoredTable;
  /** Whether something later than this change is there already. */
  isPast(change: Change): boolean;
  /** What to write together with a change; `changed` is false where the item stays what it was. */
  keep(change: Change, changed: boolean): { readonly operations: Batch; readonly written: () => void };
  /** Its own writes after that sequence number, oldest first. */
  outgoing(after: string | undefined, limit: number): Promise<[sequence: string, write: Outgoing][]>;
  /** Forgets its own writes up to and including this one: every other Region has it. */
  release(through: string): Promise<void>;
  /** Calls back after a write of its own. Answers the way to stop. */
  onWrite(listener: () => void): () => void;
}

/** One write on its way to the other Regions; without `item` it is a deletion. */
export interface Outgoing {
  readonly keys: Item;
  readonly item?: Item;
  readonly version: Version;
}

/** Whether the last writer is the first of the two: by time, and of the same moment by the Region's name. */
export const isLater = (one: Version, other: Version | undefined): boolean =>
  other === undefined || one.time > other.time || (one.time === other.time && one.region > other.region);

/** Also of an item that was deleted, so that an older write that is still on its way does not bring it back. */
export const versionKeyOf = (storedName: string, key: string) => `version-${storedName}~${key}`;

interface ReplicaDeps {
  readonly level: Level;
  readonly table: StoredTable;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

interface Clock {
  readonly time: number;
  /** Of the last write of its own. */
  readonly sequence: string;
}

export async function openReplica({ level, table, now }: ReplicaDeps): Promise<Replica> {
  const { name, region } = table;
  const clockKey = `clock-${name}`;
  const prefix = `outgoing-${name}~`;
  const listeners = new Set<() => void>();
  const found = await promised<Clock | undefined>((done) =>
    level.get(clockKey, (error, value) => done(error, value as Clock)),
  );
  let clock: Clock = found ?? { time: 0, sequence: toSequence(0) };

  const kept = (key: string, version: Version): Batch => [
    { type: "put", key: versionKeyOf(name, key), value: version },
    { type: "put", key: clockKey, value: clock },
  ];

  return {
    table,
    isPast: ({ replicated, version }) => replicated !== undefined && !isLater(replicated, version),
    keep({ key, before, after, replicated }, changed) {
      if (replicated) {
        // What is written here from now on is later than what was heard of.
        clock = { ...clock, time: Math.max(clock.time, replicated.time) };
        return { operations: kept(key, replicated), written: () => {} };
      }
      if (!changed) return { operations: [], written: () => {} };
      clock = {
        time: Math.max(now(), clock.time + 1),
        sequence: toSequence(fromSequence(clock.sequence) + 1),
      };
      const version: Version = { time: clock.time, region };
      const write: Outgoing = { keys: keysOf(table, after ?? before ?? {}), item: after, version };
      return {
        operations: [...kept(key, version), { type: "put", key: prefix + clock.sequence, value: write }],
        written() {
          for (const listener of listeners) listener();
        },
      };
    },
    async outgoing(after = "", limit) {
      const found: [string, Outgoing][] = [];
      for await (const [key, write] of level.iterator({ gt: prefix + after, lt: `${prefix}~`, limit }))
        found.push([key.slice(prefix.length), write as Outgoing]);
      return found;
    },
    release: (through) => level.clear({ gt: prefix, lte: prefix + through }),
    onWrite(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

const keysOf = ({ hashKey, rangeKey }: StoredTable, item: Item): Item =>
  Object.fromEntries([hashKey, rangeKey].flatMap((name) => (name === undefined ? [] : [[name, item[name]!]])));
