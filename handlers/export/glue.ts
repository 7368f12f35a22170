import { pictures, renditions } from "./columns.ts";
import { glueColumns, partition } from "./types.ts";

/** A table as Glue's catalog takes it. */
export interface GlueTable {
  readonly name: string;
  readonly description: string;
  readonly columns: readonly GlueColumn[];
  /** By which its files lie in folders. */
  readonly partition: GlueColumn;
}
export interface GlueColumn {
  readonly name: string;
  /** Athena's word. */
  readonly type: string;
  readonly comment: string;
}

/** What build.ts writes for components/export.ts, which imports no code that runs in functions. */
export const glueTables: readonly GlueTable[] = [pictures, renditions].map(({ name, caption, columns }) => ({
  name,
  description: caption,
  columns: glueColumns(columns),
  partition: { name: partition.name, type: partition.athena, comment: partition.comment },
}));
