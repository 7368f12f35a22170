import { createRequire } from "node:module";
import type { Item, TableDefinition } from "./types.ts";

/**
 * The inside of dynalite 4, typed as far as it is used here. Its modules are called directly: its
 * HTTP server would be a second door to the data that knows neither signatures nor policies, and
 * only its store lets a change and its stream record be written as one.
 */
export interface Store {
  readonly db: Level;
  readonly tableDb: SubStore<TableDefinition>;
  getItemDb(table: string): SubStore<Item>;
  deleteIndexDb(kind: "global", table: string, index: string, done: Done): void;
}

export type Done<T = void> = (error: Error | null, value?: T) => void;
export type Batch = ({ type: "put"; key: string; value: unknown } | { type: "del"; key: string })[];
export type Lock = (key: string, work: (release: unknown) => void) => void;
interface Range {
  readonly gt?: string;
  readonly gte?: string;
  readonly lt?: string;
  readonly lte?: string;
  readonly limit?: number;
  readonly reverse?: boolean;
}

/** The LevelDB underneath, values as JSON; dynalite's wrapper takes callbacks. */
export interface Level {
  open(): Promise<void>;
  close(): Promise<void>;
  get(key: string, done: Done<unknown>): void;
  put(key: string, value: unknown, done: Done): void;
  del(key: string, done: Done): void;
  batch(operations: Batch): Promise<void>;
  clear(range: Range): Promise<void>;
  iterator(range: Range): AsyncIterable<[string, unknown]>;
  values(range: Range): AsyncIterable<unknown> & { all(): Promise<unknown[]> };
}

interface SubStore<T> {
  get(key: string, done: Done<T>): void;
  put(key: string, value: T, done: Done): void;
  lock: Lock;
}

/** What dynalite calls an error of the caller. */
export interface Refusal extends Error {
  readonly statusCode: number;
  readonly body: { readonly __type: string; readonly message?: string; readonly Message?: string };
}

export type Action = (store: Store, input: object, done: Done<Record<string, unknown>>) => void;
interface Rules {
  readonly types: object;
  readonly custom?: object;
}

const require = createRequire(import.meta.url);

export const database = require("dynalite/db") as {
  create(options: { path: string }): Store;
  createKey(itemOrKey: Item, table: TableDefinition): string;
  validateItem(item: Item, table: TableDefinition): Refusal | undefined;
  validateKey(key: Item, table: TableDefinition): Refusal | undefined;
  updateIndexes(store: Store, table: TableDefinition, before: Item | undefined, after: Item, done: Done): void;
};
const validations = require("dynalite/validations") as {
  checkTypes(input: object, types: object): object;
  checkValidations(input: object, types: object, custom: object | undefined, store: Store): void;
};
const fileOf = (operation: string) => operation[0]!.toLowerCase() + operation.slice(1);

export const actionOf = (operation: string) => require(`dynalite/actions/${fileOf(operation)}`) as Action;

/** The input as dynalite stores it: unknown members dropped, numbers normalised. @throws Refusal */
export function checkInput<T extends object>(store: Store, operation: string, input: T): T {
  const { types, custom } = require(`dynalite/validations/${fileOf(operation)}`) as Rules;
  const checked = validations.checkTypes(structuredClone(input), types);
  validations.checkValidations(checked, types, custom, store);
  return checked as T;
}

export const isRefusal = (error: unknown): error is Refusal => error instanceof Error && "statusCode" in error;
