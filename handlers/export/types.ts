import type { SchemaElement } from "hyparquet-writer";
import type { Column, ColumnType } from "./columns.ts";

/** What each type of column is called where. */
export const types = {
  text: { parquet: { type: "BYTE_ARRAY", converted_type: "UTF8" }, athena: "string", tableau: "string" },
  integer: { parquet: { type: "INT64" }, athena: "bigint", tableau: "integer" },
  real: { parquet: { type: "DOUBLE" }, athena: "double", tableau: "real" },
  moment: { parquet: { type: "INT64", converted_type: "TIMESTAMP_MILLIS" }, athena: "timestamp", tableau: "datetime" },
  flag: { parquet: { type: "BOOLEAN" }, athena: "boolean", tableau: "boolean" },
} as const satisfies Record<
  ColumnType,
  { readonly parquet: Omit<SchemaElement, "name">; readonly athena: string; readonly tableau: string }
>;

/** Parquet's schema. Every column may be empty: what a picture knows depends on how far it came. */
export const parquetSchema = (columns: readonly Column<never>[]): SchemaElement[] => [
  { name: "root", num_children: columns.length },
  ...columns.map(({ name, type }): SchemaElement => ({ name, repetition_type: "OPTIONAL", ...types[type].parquet })),
];

/** Columns of the Glue table over the files, in Athena's words. */
export const glueColumns = (columns: readonly Column<never>[]) =>
  columns.map(({ name, type, comment }) => ({ name, type: types[type].athena, comment }));

/** The column that is in the files' keys instead of the files. */
export const partition = {
  name: "day",
  caption: "Day",
  comment: "Day of entry by UTC; who asks for some days reads their files alone",
  athena: "date",
  tableau: "date",
} as const;
