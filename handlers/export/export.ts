import { Readable } from "node:stream";
import type { Catalog, Log } from "../ports.ts";
import type { Picture } from "../record.ts";
import { pictures, type RenditionRow, renditions, renditionsOf, type Table } from "./columns.ts";
import { parquetOf } from "./parquet.ts";

export type TableName = Table<never>["name"];

export interface ExportDeps {
  readonly catalog: Pick<Catalog, "list">;
  /** Keeps a table's Parquet file. It replaces the one before only when it is whole. */
  readonly save: (table: TableName, body: Readable) => Promise<void>;
  readonly log: Log;
}

/**
 * Writes the whole catalog as two tables, in memory that does not grow with it. The catalog is read
 * once for each, so a picture that changes meanwhile may show its later state in the second.
 */
export const createExport =
  ({ catalog, save, log }: ExportDeps) =>
  async (): Promise<Readonly<Record<TableName, number>>> => {
    const counts = { pictures: 0, renditions: 0 };
    await save("pictures", Readable.from(parquetOf(pictures.columns, counted("pictures", everyPicture(catalog)))));
    await save(
      "renditions",
      Readable.from(parquetOf(renditions.columns, counted("renditions", everyRendition(catalog)))),
    );
    log("exported", { actor: "export", ...counts });
    return counts;

    async function* counted<Row>(table: TableName, rows: AsyncIterable<Row>): AsyncGenerator<Row> {
      for await (const row of rows) {
        counts[table] += 1;
        yield row;
      }
    }
  };

async function* everyPicture(catalog: Pick<Catalog, "list">): AsyncGenerator<Picture> {
  let next: string | undefined;
  do {
    const page = await catalog.list({ limit: 200, next });
    yield* page.pictures;
    next = page.next;
  } while (next !== undefined);
}

async function* everyRendition(catalog: Pick<Catalog, "list">): AsyncGenerator<RenditionRow> {
  for await (const picture of everyPicture(catalog)) yield* renditionsOf(picture);
}
