import { createWriteStream } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { parquetReadObjects } from "hyparquet";
import { type Column, pictures, renditions, type Value } from "../handlers/export/columns.ts";
import { partKey } from "../handlers/export/keys.ts";
import { parquetOf } from "../handlers/export/parquet.ts";
import { type AthenaTarget, athenaProperties, tdsOf } from "../handlers/export/tableau.ts";
import type { Exported } from "./api-shapes.ts";
import { fileTrouble, isFileTrouble } from "./file-trouble.ts";
import { CliError } from "./output.ts";

type Files = Exported["files"];

/** Fetches what was exported: the pictures as one file, or both tables as they lie in the bucket. Answers the files' paths. */
export const keepFiles = (files: Files, out: string): Promise<readonly string[]> =>
  out.endsWith(".parquet") ? keepAsOne(files, out) : keepEach(files, out);

/** Writes data sources for both tables, and what Athena's driver has to know. Answers the files' paths. */
export async function writeDataSources(file: string, target: AthenaTarget): Promise<readonly string[]> {
  if (!file.endsWith(".tds"))
    throw new CliError(
      "BAD_OPTION",
      `--tableau: expected a file that ends with .tds, received ${JSON.stringify(file)}`,
    );
  const texts = new Map([
    [file, tdsOf(pictures, target)],
    [file.replace(/\.tds$/, "-renditions.tds"), tdsOf(renditions, target)],
    [join(dirname(file), "athena.properties"), athenaProperties(target)],
  ]);
  await writing("--tableau", file, async () => {
    await mkdir(dirname(file), { recursive: true });
    for (const [path, text] of texts) await writeFile(path, text);
  });
  return [...texts.keys()];
}

async function keepEach(files: Files, dir: string): Promise<readonly string[]> {
  const paths: string[] = [];
  for (const { day, table, url } of files) {
    const path = join(dir, partKey(table, day));
    await keep(path, (await fetched(url)).body);
    paths.push(path);
  }
  return paths;
}

async function keepAsOne(files: Files, file: string): Promise<readonly string[]> {
  await keep(file, parquetOf(copied(pictures.columns), rowsOf(files.filter(({ table }) => table === "pictures"))));
  return [file];
}

type Row = Readonly<Record<string, unknown>>;

/** One day's file is held at a time. */
async function* rowsOf(files: Files): AsyncGenerator<Row> {
  for (const { url } of files) yield* await parquetReadObjects({ file: await (await fetched(url)).arrayBuffer() });
}

/** The same columns, of rows that were read. */
const copied = (columns: readonly Column<never>[]): readonly Column<Row>[] =>
  columns.map((column) => ({ ...column, of: (row) => cellOf(row[column.name]) }));

function cellOf(cell: unknown): Value[keyof Value] | undefined {
  if (cell === null || cell === undefined) return undefined;
  if (cell instanceof Date) return cell.toISOString();
  return typeof cell === "bigint" ? Number(cell) : (cell as Value[keyof Value]);
}

async function fetched(url: string): Promise<Response & { readonly body: NonNullable<Response["body"]> }> {
  const response = await fetch(url, { signal: AbortSignal.timeout(300_000) }).catch((cause: unknown) => {
    const { host } = new URL(url);
    throw new CliError("HOST_UNREACHABLE", `Expected ${host} to hand out what was exported, but it did not answer.`, {
      cause,
    });
  });
  if (response.ok && response.body !== null) return response as Awaited<ReturnType<typeof fetched>>;
  throw new CliError(
    "HOST_REFUSED",
    `Expected ${new URL(url).host} to hand out what was exported, but it answered ${response.status}. Export once more.`,
  );
}

/** Writes a file, which appears once it is whole. */
const keep = (path: string, content: AsyncIterable<Uint8Array>) =>
  writing("--out", path, async () => {
    const unfinished = `${path}.unfinished`;
    await mkdir(dirname(path), { recursive: true });
    try {
      await pipeline(Readable.from(content, { objectMode: false }), createWriteStream(unfinished));
      await rename(unfinished, path);
    } finally {
      await rm(unfinished, { force: true });
    }
  });

/** @throws CliError `UNWRITABLE` */
async function writing(flag: string, path: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (cause) {
    if (!isFileTrouble(cause)) throw cause;
    const where = `Expected to write ${path}, but ${fileTrouble(cause)}.`;
    throw new CliError("UNWRITABLE", `${where} Choose another ${flag}.`, { cause });
  }
}
