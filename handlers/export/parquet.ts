import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import type { Column, Value } from "./columns.ts";
import { parquetSchema } from "./types.ts";

/**
 * A Parquet file, piece by piece as rows come: one row group is held at a time, its values alone.
 * Without rows it is a file with none.
 */
export async function* parquetOf<Row>(
  columns: readonly Column<Row>[],
  rows: AsyncIterable<Row>,
  rowsInGroup = 10_000,
): AsyncGenerator<Buffer> {
  const writer = new ByteWriter();
  const file = new ParquetWriter({ writer, schema: parquetSchema(columns), createdBy: "Darkroom" });
  let group = emptyGroup(columns);
  let held = 0;
  for await (const row of rows) {
    for (const { values, column } of group) values.push(asParquet(column.type, column.of(row)));
    held += 1;
    if (held < rowsInGroup) continue;
    yield written();
    group = emptyGroup(columns);
    held = 0;
  }
  if (held > 0) yield written();
  await file.finish();
  yield taken(writer);

  function written(): Buffer {
    file.write({
      columnData: group.map(({ column, values }) => ({ name: column.name, data: values })),
      rowGroupSize: held,
    });
    return taken(writer);
  }
}

const emptyGroup = <Row>(columns: readonly Column<Row>[]) =>
  columns.map((column) => ({ column, values: [] as unknown[] }));

/** What was written since the last time; the writer goes on counting from the file's beginning. */
function taken(writer: ByteWriter): Buffer {
  const bytes = Buffer.from(writer.getBytes());
  writer.index = 0;
  return bytes;
}

function asParquet(type: keyof Value, value: Value[keyof Value] | undefined) {
  if (value === undefined) return null;
  if (type === "integer") return BigInt(Math.round(Number(value)));
  return type === "moment" ? new Date(String(value)) : value;
}
