import { AsyncLocalStorage, AsyncResource } from "node:async_hooks";
import {
  actionOf,
  type Batch,
  checkInput,
  type Done,
  database,
  isRefusal,
  type Level,
  type Store,
} from "./dynalite.ts";
import { ServiceError } from "./service-error.ts";
import type { Change, Item, TableDefinition, Version } from "./types.ts";

export interface Engine {
  readonly store: Store;
  /** One DynamoDB operation, by dynalite. @throws ServiceError for the caller's faults. */
  call(operation: string, input: Input, options?: CallOptions): Promise<Record<string, unknown>>;
  /** A table's definition. @throws ServiceError `ResourceNotFoundException` */
  table(name: string): Promise<TableDefinition>;
  /** Checks an operation's input and answers it normalised. @throws ServiceError `ValidationException` */
  check<T extends Input>(operation: string, input: T): T;
  close(): Promise<void>;
}
export type Input = Readonly<Record<string, unknown>>;
export type CallOptions = Pick<Change, "userIdentity" | "replicated">;

/** What is written together with a change, and what to do once it is on disk; undefined where the change is not to be. */
export type Outbox = (change: Change) => { readonly operations: Batch; readonly written: () => void } | undefined;

interface EngineDeps {
  readonly path: string;
  readonly outbox: Outbox;
  /** Where the version of an item stands, which its changes are judged by. @default items have none */
  readonly versionKey?: (table: string, key: string) => string | undefined;
}

/**
 * dynalite writes an item's index entries one by one and then the item. Here each write is gathered
 * and goes to LevelDB as one batch with its stream record, so a process killed at any moment leaves
 * all of it or nothing: no change without its record, no index entry without its item.
 */
export async function openEngine(deps: EngineDeps): Promise<Engine> {
  const store = database.create({ path: deps.path });
  await store.db.open().catch((error) => {
    if (error.cause?.code !== "LEVEL_LOCKED") throw error;
    throw new Error(
      `DATA_IN_USE: expected to be alone with the tables in ${deps.path}, but another process has them open. Stop it, or choose another folder.`,
      { cause: error },
    );
  });
  const writes = new AsyncLocalStorage<Write>();
  gatherWrites(store.db, writes, deps);

  const call: Engine["call"] = (operation, input, options = {}) => {
    const table = String(input.TableName);
    if (!writing.has(operation)) return run(store, operation, input);
    const write: Write = { ...options, table, prefix: `item-${table}~`, before: undefined, indexes: [] };
    keepContextInLock(store, table);
    return writes.run(write, () =>
      run(store, operation, input).catch((error) => {
        throw withOldItem(error, input, write.before);
      }),
    );
  };

  return {
    store,
    call,
    table: (name) =>
      promised<TableDefinition>((done) => store.tableDb.get(name, done)).then((definition) => {
        if (definition !== undefined) return definition;
        throw new ServiceError("ResourceNotFoundException", `Requested resource not found: Table: ${name} not found`);
      }),
    check: (operation, input) => {
      try {
        return checkInput(store, operation, input);
      } catch (error) {
        throw refused(error);
      }
    },
    close: () => store.db.close(),
  };
}

/** A callback's answer as a promise. */
export const promised = <T = void>(start: (done: Done<T>) => void) =>
  new Promise<T>((resolve, reject) => {
    start((error, value) => (error ? reject(error) : resolve(value as T)));
  });

const writing = new Set(["PutItem", "UpdateItem", "DeleteItem"]);

interface Write extends CallOptions {
  readonly table: string;
  readonly prefix: string;
  before: Item | undefined;
  version?: Version;
  readonly indexes: Batch;
}

async function run(store: Store, operation: string, input: Input) {
  try {
    const checked = checkInput(store, operation, input);
    return await promised<Record<string, unknown>>((done) => actionOf(operation)(store, checked, done));
  } catch (error) {
    throw refused(error);
  }
}

function refused(error: unknown) {
  if (!isRefusal(error)) return error;
  const { __type, message, Message } = error.body;
  return new ServiceError(__type, message ?? Message ?? "", { status: error.statusCode });
}

function withOldItem(error: unknown, input: Input, before: Item | undefined) {
  const failed = error instanceof ServiceError && error.code.endsWith("#ConditionalCheckFailedException");
  if (!failed || before === undefined || input.ReturnValuesOnConditionCheckFailure !== "ALL_OLD") return error;
  return new ServiceError(error.code, error.message, { details: { Item: before } });
}

/** dynalite's lock runs a waiter from whoever let go; without this, one write would gather another's changes. */
function keepContextInLock(store: Store, table: string) {
  const items = store.getItemDb(table) as ReturnType<Store["getItemDb"]> & { bound?: true };
  if (items.bound) return;
  const lock = items.lock;
  items.lock = (key, work) => lock(key, AsyncResource.bind(work));
  items.bound = true;
}

function gatherWrites(level: Level, writes: AsyncLocalStorage<Write>, { outbox, versionKey }: EngineDeps) {
  const { get, put, del } = level;
  const commit = committer(level, outbox);

  level.get = (key, done) => {
    const write = writes.getStore();
    if (!write || !key.startsWith(write.prefix)) return get(key, done);
    get(key, (error, value) => {
      write.before = value as Item | undefined;
      const beside = versionKey?.(write.table, key.slice(write.prefix.length));
      if (beside === undefined) return done(error, value);
      get(beside, (problem, version) => {
        write.version = version as Version | undefined;
        done(error ?? problem, value);
      });
    });
  };
  level.put = (key, value, done) => {
    const write = writes.getStore();
    if (!write) return put(key, value, done);
    if (key.startsWith(write.prefix)) return commit(write, { type: "put", key, value }, value as Item, done);
    write.indexes.push({ type: "put", key, value });
    setImmediate(done, null);
  };
  level.del = (key, done) => {
    const write = writes.getStore();
    if (!write) return del(key, done);
    if (key.startsWith(write.prefix)) return commit(write, { type: "del", key }, undefined, done);
    write.indexes.push({ type: "del", key });
    setImmediate(done, null);
  };
}

/** One batch at a time, in the order of the outbox's sequence numbers; what comes meanwhile goes into the next. */
function committer(level: Level, outbox: Outbox) {
  type Entry = { operations: Batch; change: Change; done: Done };
  let waiting: Entry[] = [];
  let busy = false;

  async function drain() {
    busy = true;
    while (waiting.length > 0) {
      const entries = waiting;
      waiting = [];
      const wanted = entries.flatMap(({ operations, change }) => {
        const out = outbox(change);
        return out ? [{ operations: [...operations, ...out.operations], written: out.written }] : [];
      });
      const operations = wanted.flatMap(({ operations }) => operations);
      const failure = await level.batch(operations).then(
        () => null,
        (error: Error) => error,
      );
      for (const { written } of failure ? [] : wanted) written();
      for (const { done } of entries) done(failure);
    }
    busy = false;
  }

  return (write: Write, operation: Batch[number], after: Item | undefined, done: Done) => {
    const { table, prefix, before, version, userIdentity, replicated } = write;
    const change = { table, key: operation.key.slice(prefix.length), before, after, version, userIdentity, replicated };
    waiting.push({ operations: [...write.indexes, operation], change, done });
    if (!busy) void drain();
  };
}
