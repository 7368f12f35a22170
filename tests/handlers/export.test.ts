import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import { type Column, pictures, renditions } from "../../handlers/export/columns.ts";
import { createExport, type ExportCall, type Mark } from "../../handlers/export/export.ts";
import { partKey, type TableName } from "../../handlers/export/keys.ts";
import { parquetOf } from "../../handlers/export/parquet.ts";
import { glueColumns } from "../../handlers/export/types.ts";
import type { Picture } from "../../handlers/record.ts";
import { inReview, published, rejected, workingDay } from "../fixtures/day.ts";
import { memoryBuckets, memoryCatalog } from "../fixtures/memory-ports.ts";

const today = "2026-11-23";
const day = "2026-11-22";

/** An export of two days at noon of the second, over these records. */
async function world(records: readonly Picture[], marked: readonly Mark[] = []) {
  const catalog = memoryCatalog();
  for (const record of records) await catalog.add(record);
  const exports = memoryBuckets("exports")("exports");
  const marks = [...marked];
  const lines: unknown[] = [];
  const clock = { now: new Date(`${today}T12:00:00.000Z`) };
  const deps = {
    catalog,
    exports,
    marks: {
      all: async () => [...marks],
      remove: async (mark: Mark) => void marks.splice(marks.indexOf(mark), 1),
    },
    days: 2,
    now: () => clock.now,
    log: (outcome: string, details: object) => void lines.push({ outcome, ...details }),
  };
  const fileOf = (table: TableName, on = day) => {
    const { bytes } = exports.objects.get(partKey(table, on))!;
    return new Uint8Array(bytes).buffer;
  };
  return {
    catalog,
    exports,
    marks,
    lines,
    clock,
    deps,
    run: (call: ExportCall = {}) => createExport(deps)(call),
    fileOf,
    rowsOf: (table: TableName, on = day) => parquetReadObjects({ file: fileOf(table, on) }),
  };
}

async function exported(records: readonly Picture[]) {
  const made = await world(records);
  await made.run();
  return made;
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
    const { rowsOf, lines } = await exported([
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
    expect(lines).toEqual([
      { outcome: "exported", actor: "export", day, pictures: 2, renditions: 2 },
      { outcome: "exported", actor: "export", day: today, pictures: 0, renditions: 0 },
    ]);
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
    const { fileOf, rowsOf } = await exported([]);
    expect(await rowsOf("pictures")).toEqual([]);
    expect(await rowsOf("renditions")).toEqual([]);
    expect(
      parquetMetadata(fileOf("pictures"))
        .schema.slice(1)
        .map(({ name }) => name),
    ).toEqual(pictures.columns.map(({ name }) => name));
  });

  it("takes every picture of a day once, over many pages, and no other day's", async () => {
    const all = workingDay("2026-11-21T12:00:00Z", 0.5);
    const { rowsOf, exports } = await exported(all);
    const idsOf = (of: readonly Picture[]) => of.map(({ pictureId }) => pictureId).sort();
    expect((await rowsOf("pictures")).map((row) => row["picture_id"]).sort()).toEqual(
      idsOf(all.filter((picture) => picture.enteredAt.startsWith(day))),
    );
    // The day before is exported no more.
    expect([...exports.objects.keys()].filter((key) => key.startsWith("pictures/"))).toEqual([
      "pictures/day=2026-11-22/part-0000.parquet",
      "pictures/day=2026-11-23/part-0000.parquet",
    ]);
  });

  it("overwrites its own files when it is done again, with what has changed since", async () => {
    const picture = inReview({ enteredAt, pictureId: "p1" });
    const { catalog, exports, run, rowsOf } = await world([picture]);
    await run();
    const keys = [...exports.objects.keys()];
    await catalog.move("review", published({ enteredAt, pictureId: "p1" }));
    await run();
    expect([...exports.objects.keys()]).toEqual(keys);
    expect(await rowsOf("pictures")).toMatchObject([{ picture_id: "p1", status: "published" }]);
  });

  it("fails when a file cannot be kept", async () => {
    const { deps } = await world([]);
    const upload = async () => {
      throw new Error("no space left");
    };
    await expect(createExport({ ...deps, exports: { ...deps.exports, upload } })({})).rejects.toThrow("no space left");
  });
});

describe("what was forgotten", () => {
  const long = "2026-03-01T08:00:00.000Z";
  const forgotten = (picture: Picture) =>
    ({ ...picture, status: "forgotten", name: "", deletedAt: enteredAt }) as Picture;

  it.each(["forgetting", "forgotten"])("is in no table, from the moment it is %s", async (status) => {
    const gone = { ...published({ enteredAt, pictureId: "gone" }), status } as unknown as Picture;
    const { rowsOf } = await exported([gone, published({ enteredAt, pictureId: "here" })]);
    expect((await rowsOf("pictures")).map((row) => row["picture_id"])).toEqual(["here"]);
    expect((await rowsOf("renditions")).every((row) => row["picture_id"] === "here")).toBe(true);
  });

  it("leaves the file of its day at the next export, however long ago that day was", async () => {
    const picture = published({ enteredAt: long, pictureId: "old" });
    const made = await world([picture]);
    await made.run({ asked: { id: "first", from: "2026-03-01", to: "2026-03-01" } });
    expect(await made.rowsOf("pictures", "2026-03-01")).toHaveLength(1);

    await made.catalog.move("published", forgotten(picture) as never);
    made.marks.push({ day: "2026-03-01", at: made.clock.now.toISOString() });
    await made.run();
    expect(await made.rowsOf("pictures", "2026-03-01")).toEqual([]);
    expect(await made.rowsOf("renditions", "2026-03-01")).toEqual([]);
  });

  it("keeps its day's mark for one more export, a day later: a listing may lag, and exports overlap", async () => {
    const { marks, clock, run } = await world([], [{ day: "2026-03-01", at: `${today}T11:59:00.000Z` }]);
    await run();
    expect(marks).toHaveLength(1);
    clock.now = new Date("2026-11-24T12:00:00.000Z");
    await run();
    expect(marks).toEqual([]);
  });
});

describe("days that an operator asks for", () => {
  it("are exported alone, and each is told of once it is done", async () => {
    const { exports, run } = await world([published({ enteredAt: "2026-11-20T23:59:59.999Z" })]);
    const said: unknown[] = [];
    const { write } = exports;
    exports.write = async (key, body, options) => {
      said.push(JSON.parse(body.toString()));
      return write(key, body, options);
    };
    await run({ asked: { id: "7", from: "2026-11-20", to: "2026-11-21" } });
    const [first, second] = [
      { day: "2026-11-20", pictures: 1, renditions: 2 },
      { day: "2026-11-21", pictures: 0, renditions: 0 },
    ];
    const range = { from: "2026-11-20", to: "2026-11-21" };
    expect(said).toEqual([
      { ...range, finished: false, days: [first] },
      { ...range, finished: false, days: [first, second] },
      { ...range, finished: true, days: [first, second] },
    ]);
    expect([...exports.objects.keys()].filter((key) => !/day=2026-11-2[01]\//.test(key))).toEqual(["asked/7.json"]);
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
    const { fileOf } = await exported([published({ enteredAt })]);
    const athena: Record<string, string> = {
      "BYTE_ARRAY UTF8": "string",
      "INT64 undefined": "bigint",
      "DOUBLE undefined": "double",
      "INT64 TIMESTAMP_MILLIS": "timestamp",
      "BOOLEAN undefined": "boolean",
    };
    for (const [table, { columns }] of Object.entries({ pictures, renditions })) {
      const [, ...schema] = parquetMetadata(fileOf(table as TableName)).schema;
      expect(schema.map(({ name, type, converted_type }) => [name, athena[`${type} ${converted_type}`]])).toEqual(
        glueColumns(columns).map(({ name, type }) => [name, type]),
      );
    }
  });
});
