import type { Table } from "./columns.ts";

/** In the exports bucket. Athena finds a table's files by the day in their keys, and no others. */

export type TableName = Table<never>["name"];

/** A table's rows of the pictures that entered on a day, `2026-11-23`. Exporting the day again overwrites it. */
export const partKey = (table: TableName, day: string) => `${table}/day=${day}/part-0000.parquet`;

/** How far an export is that an operator asked for. */
export const askedKey = (id: string) => `asked/${id}.json`;
