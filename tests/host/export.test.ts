import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parquetReadObjects } from "hyparquet";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PictureIn } from "../../handlers/record.ts";
import type { Graph } from "../../local/graph.ts";
import { type Host, startHost } from "../../local/host.ts";
import { makePhoto } from "../fixtures/photos.ts";
import { allPictures, darkroom, operatorsAt, scratchDir, until } from "./harness.ts";

/** The catalog as files on this machine, made by the function that makes them on AWS. */
describe("the export on this machine", () => {
  let host: Host;
  let scratch: Awaited<ReturnType<typeof scratchDir>>;
  let out: string;
  const lines: string[] = [];
  beforeAll(async () => {
    scratch = await scratchDir();
    out = join(scratch.dir, "out");
    const folder = join(scratch.dir, "in");
    await mkdir(folder);
    for (const seed of [71, 72, 73])
      await writeFile(join(folder, `${seed}.jpg`), await makePhoto({ width: 300, height: 200, seed }));
    host = await startHost({
      port: 0,
      dir: join(scratch.dir, "data"),
      stack: "dev",
      say: () => {},
      log: ({ name, line }) => name === "export" && lines.push(line),
      alter: exportedSoon,
    });
    const imported = await darkroom("import", folder, "--to", operatorsAt(host.url), "--wait", "--json");
    expect(JSON.parse(imported.stdout).pictures.map(({ status }: { status: string }) => status)).toEqual(
      Array(3).fill("published"),
    );
  });
  afterAll(async () => {
    await host?.close();
    await scratch?.remove();
  });

  // Two days: midnight may pass between the pictures and their export.
  const exported = (path: string) =>
    darkroom("export", "--days", "2", "--out", path, "--at", operatorsAt(host.url), "--json");
  const rowsIn = async (file: string) => {
    const rows = await parquetReadObjects({ file: new Uint8Array(await readFile(file)).buffer });
    return rows.sort((a, b) => (a["picture_id"] < b["picture_id"] ? -1 : 1));
  };
  const records = async () =>
    (await allPictures(host.url))
      .filter(({ status }) => status === "published")
      .sort((a, b) => (a.pictureId < b.pictureId ? -1 : 1)) as PictureIn<"published">[];

  it("says of each picture what its record says, and of each rendition", async () => {
    const file = join(out, "pictures.parquet");
    expect(await exported(file)).toMatchObject({ code: 0 });
    const pictures = await records();
    expect(pictures).toHaveLength(3);
    expect(await rowsIn(file)).toMatchObject(
      pictures.map((picture) => ({
        picture_id: picture.pictureId,
        status: "published",
        type: "jpeg",
        width: 300n,
        height: 200n,
        bytes: BigInt(picture.bytes),
        bytes_after: BigInt(picture.bytesAfter),
        entered_at: new Date(picture.enteredAt),
        published_at: new Date(picture.publishedAt),
        resize_ms: BigInt(picture.timings.resize!.ms),
        url: picture.url,
      })),
    );

    const { files } = JSON.parse((await exported(out)).stdout) as { files: string[] };
    const each = await Promise.all(files.filter((path) => path.includes("/renditions/")).map(rowsIn));
    expect(
      each
        .flat()
        .map((row) => row["url"])
        .sort(),
    ).toEqual(pictures.flatMap(({ renditions }) => renditions.map(({ url }) => url)).sort());
  });

  it("says no more of a picture that was forgotten", async () => {
    const [first, ...others] = await records();
    await darkroom("forget", first!.pictureId, "--yes", "--wait", "--at", operatorsAt(host.url));
    const file = join(out, "left.parquet");
    expect(await exported(file)).toMatchObject({ code: 0 });
    expect((await rowsIn(file)).map((row) => row["picture_id"])).toEqual(others.map(({ pictureId }) => pictureId));
    expect((await readFile(file)).includes(first!.pictureId)).toBe(false);
  });

  it("writes a data source that names the stack's own database", async () => {
    const file = join(out, "darkroom.tds");
    expect(await darkroom("export", "--tableau", file, "--at", operatorsAt(host.url))).toMatchObject({ code: 0 });
    expect(await readFile(file, "utf8")).toContain('schema="darkroom_dev"');
  });

  it("is woken by its schedule, writes the last 35 days, and logs nobody's address", async () => {
    const days = await until(async () => {
      const said = lines.flatMap((line) => (line.startsWith("{") ? [JSON.parse(line)] : []));
      const exports = new Set(said.flatMap(({ message, day }) => (message === "exported" ? [String(day)] : [])));
      return exports.size >= 35 ? [...exports].sort() : undefined;
    });
    expect((Date.parse(days.at(-1)!) - Date.parse(days[0]!)) / 86_400_000).toBe(days.length - 1);
    expect(lines.join("\n")).not.toMatch(/@\w/);
  });
});

/** The first call of a rate comes right after the start. */
const exportedSoon = (graph: Graph): Graph => ({
  ...graph,
  resources: graph.resources.map((each) =>
    each.name === "export-schedule"
      ? { ...each, inputs: { ...each.inputs, scheduleExpression: "rate(12 hours)" } }
      : each,
  ),
});
