import { buffer } from "node:stream/consumers";
import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import { type Column, pictures, renditions } from "../../handlers/export/columns.ts";
import { createExport, type TableName } from "../../handlers/export/export.ts";
import { parquetOf } from "../../handlers/export/parquet.ts";
import { glueColumns } from "../../handlers/export/types.ts";
import type { Picture } from "../../handlers/record.ts";
import { inReview, published, rejected, workingDay } from "../fixtures/day.ts";
import { memoryCatalog } from "../fixtures/memory-ports.ts";

async function exported(records: readonly Picture[]) {
  const catalog = memoryCatalog();
  for (const record of records) await catalog.add(record);
  const files = {} as Record<TableName, ArrayBuffer>;
  const lines: unknown[] = [];
  const counts = await createExport({
    catalog,
    save: async (table, body) => {
      files[table] = new Uint8Array(await buffer(body)).buffer;
    },
    log: (outcome, details) => void lines.push({ outcome, ...details }),
  })();
  const rowsOf = (table: TableName) => parquetReadObjects({ file: files[table] });
  return { files, counts, lines, rowsOf };
}

const enteredAt = "2026-11-22T12:00:00.000Z";

describe("the export", () => {
  it("tells of a published picture whatever its record tells, but who and what it was called", async () => {
    const picture = published({ enteredAt, pictureId: "p1", source: "campaigns", reviewedBy: "ana@example.com" });
    const { rowsOf } = await exported([picture]);
    expect(await rowsOf("pictures")).toEqual([
      {
        picture_id: "p1",
        source: "campaigns",
        uploader: "8e43ca37701228e7",
        type: "jpeg",
        width: 4032n,
        height: 3024n,
        frames: 1n,
        url: "https://images.example.com/p1/w320.0a1b.jpeg",
        status: "published",
        entered_at: new Date(enteredAt),
        changed_at: new Date("2026-11-22T12:00:20.000Z"),
        published_at: new Date("2026-11-22T12:00:20.000Z"),
        seconds_to_publish: 20,
        reason_code: null,
        archived_at: null,
        archive_class: null,
        bytes: 3_200_000n,
        bytes_before: 460_800n,
        bytes_after: 57_600n,
        renditions: 2n,
        contains_nudity: false,
        nudity_confidence: 2.5,
        moderator: "nsfwjs",
        reviewed: true,
        ingest_ms: 410n,
        ingest_attempts: 1n,
        moderate_ms: 620n,
        moderate_attempts: 1n,
        resize_ms: 1480n,
        resize_attempts: 2n,
        compress_ms: 2350n,
        compress_attempts: 1n,
        publish_ms: 190n,
        publish_attempts: 1n,
        environment: "test",
        home_region: "eu-west-1",
        region: "eu-west-1",
        availability_zone: "euw1-az1",
      },
    ]);
    const cells = [...(await rowsOf("pictures")), ...(await rowsOf("renditions"))].flatMap(Object.values);
    expect(cells.join()).not.toMatch(/@|harbour/);
  });

  it("has a row for each rendition of a picture that has some", async () => {
    const { rowsOf, counts, lines } = await exported([
      published({ enteredAt, pictureId: "p1" }),
      inReview({ enteredAt: "2026-11-22T11:00:00.000Z" }),
    ]);
    const rows = await rowsOf("renditions");
    expect(rows.map(({ name }) => name)).toEqual(["w320.jpeg", "w320.webp"]);
    expect(rows[1]).toEqual({
      picture_id: "p1",
      source: "upload",
      entered_at: new Date(enteredAt),
      name: "w320.webp",
      level: "w320",
      format: "webp",
      width: 320n,
      height: 240n,
      bytes_before: 230_400n,
      bytes_after: 28_800n,
      method: "sharp webp q80",
      url: "https://images.example.com/p1/w320.0a1b.webp",
    });
    expect(counts).toEqual({ pictures: 2, renditions: 2 });
    expect(lines).toEqual([{ outcome: "exported", actor: "export", pictures: 2, renditions: 2 }]);
  });

  it("leaves empty what a picture that did not get far does not know", async () => {
    const refused = rejected({ enteredAt }, "CORRUPT", "The file is damaged.");
    const { moderator, format, reason, ...bare } = refused as Picture & Record<string, unknown>;
    const [row] = await (await exported([{ ...bare, reason } as unknown as Picture])).rowsOf("pictures");
    expect(row).toMatchObject({
      status: "rejected",
      reason_code: "CORRUPT",
      type: null,
      contains_nudity: null,
      moderator: null,
      bytes_before: null,
      published_at: null,
      seconds_to_publish: null,
    });
  });

  it("is two files without rows when there is no picture", async () => {
    const { files, rowsOf } = await exported([]);
    expect(await rowsOf("pictures")).toEqual([]);
    expect(await rowsOf("renditions")).toEqual([]);
    expect(
      parquetMetadata(files.pictures)
        .schema.slice(1)
        .map(({ name }) => name),
    ).toEqual(pictures.columns.map(({ name }) => name));
  });

  it("takes every picture once, over many pages", async () => {
    const day = workingDay("2026-11-21T23:00:00Z");
    const { rowsOf } = await exported(day);
    expect((await rowsOf("pictures")).map((row) => row["picture_id"]).sort()).toEqual(
      day.map(({ pictureId }) => pictureId).sort(),
    );
  });

  it("fails when a file cannot be kept", async () => {
    const save = async () => {
      throw new Error("no space left");
    };
    await expect(createExport({ catalog: memoryCatalog(), save, log: () => {} })()).rejects.toThrow("no space left");
  });
});

describe("a Parquet file", () => {
  const columns: readonly Column<number>[] = [
    { name: "n", type: "integer", caption: "N", folder: "Picture", comment: "A number", of: (n) => n },
  ];

  it("comes in row groups, each before the next one's rows are asked for", async () => {
    let asked = 0;
    async function* rows() {
      for (let n = 0; n < 25; n++) {
        asked += 1;
        yield n;
      }
    }
    const pieces: { readonly asked: number; readonly bytes: Buffer }[] = [];
    for await (const bytes of parquetOf(columns, rows(), 10)) pieces.push({ asked, bytes });
    expect(pieces.map((piece) => piece.asked)).toEqual([10, 20, 25, 25]);
    const file = new Uint8Array(Buffer.concat(pieces.map(({ bytes }) => bytes))).buffer;
    expect(parquetMetadata(file).row_groups.map(({ num_rows }) => num_rows)).toEqual([10n, 10n, 5n]);
    expect(await parquetReadObjects({ file })).toEqual(Array.from({ length: 25 }, (_, n) => ({ n: BigInt(n) })));
  });

  it("does not grow in memory with its rows", async () => {
    async function* rows() {
      for (let n = 0; n < 300_000; n++) yield n;
    }
    let [written, largest] = [0, 0];
    for await (const bytes of parquetOf(columns, rows(), 10_000)) {
      written += bytes.length;
      largest = Math.max(largest, bytes.length);
    }
    expect(largest).toBeLessThan(written / 20);
  });
});

describe("the tables' columns", () => {
  it.each([pictures, renditions])("are named as SQL does without quotes, each once: $name", ({ columns }) => {
    const names = columns.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
  });

  it("are the same in Glue as in Parquet, in Athena's words", async () => {
    const { files } = await exported([published({ enteredAt })]);
    const athena: Record<string, string> = {
      "BYTE_ARRAY UTF8": "string",
      "INT64 undefined": "bigint",
      "DOUBLE undefined": "double",
      "INT64 TIMESTAMP_MILLIS": "timestamp",
      "BOOLEAN undefined": "boolean",
    };
    for (const [table, { columns }] of Object.entries({ pictures, renditions })) {
      const [, ...schema] = parquetMetadata(files[table as TableName]).schema;
      expect(schema.map(({ name, type, converted_type }) => [name, athena[`${type} ${converted_type}`]])).toEqual(
        glueColumns(columns).map(({ name, type }) => [name, type]),
      );
    }
  });
});
