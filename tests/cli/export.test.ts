import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import { pictures } from "../../handlers/export/columns.ts";
import { parquetOf } from "../../handlers/export/parquet.ts";
import { parquetSchema } from "../../handlers/export/types.ts";
import { inReview, published } from "../fixtures/day.ts";
import { darkroom, scratch } from "./command.ts";
import { fakeDarkroom } from "./fake-darkroom.ts";

async function* rows(day: string) {
  yield published({ enteredAt: `${day}T12:00:00.123Z`, pictureId: `published ${day}` });
  yield inReview({ enteredAt: `${day}T08:00:00.000Z`, pictureId: `waits ${day}` });
}
const [first, second] = ["2026-11-21", "2026-11-22"];
const fileOf = (day: string) => buffer(parquetOf(pictures.columns, rows(day)));
const exported = {
  pictures: { [first]: await fileOf(first), [second]: await fileOf(second) },
  renditions: { [first]: Buffer.from("r1"), [second]: Buffer.from("r2") },
};
const range = ["--from", first, "--to", second];
const read = async (path: string) => new Uint8Array(await readFile(path)).buffer;

describe("export", () => {
  it("waits until the days are exported, and says how much that was", async () => {
    const { url, exports } = await fakeDarkroom({ exported });
    expect(await darkroom(["export", ...range, "--at", url])).toMatchObject({
      code: 0,
      stdout: "4 pictures and 8 renditions of 2 days exported.\n",
    });
    expect(exports).toEqual([{ from: first, to: second }]);
  });

  it("asks for the last 31 days by UTC when nothing is said, or as many as are", async () => {
    const { url, exports } = await fakeDarkroom();
    await darkroom(["export", "--at", url]);
    await darkroom(["export", "--days", "1", "--at", url]);
    const [month, day] = exports;
    expect((Date.parse(month!.to) - Date.parse(month!.from)) / 86_400_000).toBe(30);
    expect(day!.from).toBe(day!.to);
  });

  it.each([
    [["--days", "999999"]],
    [["--days", "367"]],
    [["--from", "0001-01-01"]],
    [["--from", "2026-11-21", "--to", "2026-11-20"]],
    [["--to", "2026-11-31"]],
    [["--days", "2", "--to", "2026-11-20"]],
  ])("asks for nothing, and says why, with %j", async (flags) => {
    const { url, exports } = await fakeDarkroom();
    const ran = await darkroom(["export", ...flags, "--at", url, "--json"]);
    expect(ran.code).toBe(2);
    expect(ran.json()).toMatchObject({ error: { code: "BAD_OPTION" } });
    expect(exports).toEqual([]);
  });

  it("keeps all pictures as one file, with the very values and columns of the days' files", async () => {
    const { url } = await fakeDarkroom({ exported });
    const file = join(await scratch(), "sub/pictures.parquet");
    const ran = await darkroom(["export", ...range, "--out", file, "--at", url, "--json"]);
    expect(ran.json()).toMatchObject({
      days: [{ day: first, pictures: 2, renditions: 4 }, { day: second }],
      files: [file],
    });
    const days = await Promise.all(
      Object.values(exported.pictures).map((each) => parquetReadObjects({ file: new Uint8Array(each).buffer })),
    );
    expect(await parquetReadObjects({ file: await read(file) })).toEqual(days.flat());
    expect(days.flat()).toHaveLength(4);
    expect(parquetMetadata(await read(file)).schema.map(({ name }) => name)).toEqual(
      parquetSchema(pictures.columns as never).map(({ name }) => name),
    );
  });

  it("keeps both tables by day in a folder, as they lie in the bucket", async () => {
    const { url } = await fakeDarkroom({ exported });
    const dir = await scratch();
    const ran = await darkroom(["export", ...range, "--out", dir, "--at", url, "--json"]);
    const paths = [first, second].flatMap((day) => [
      join(dir, `pictures/day=${day}/part-0000.parquet`),
      join(dir, `renditions/day=${day}/part-0000.parquet`),
    ]);
    expect(ran.json<{ files: string[] }>().files.sort()).toEqual(paths.sort());
    expect(await readFile(join(dir, `renditions/day=${second}/part-0000.parquet`), "utf8")).toBe("r2");
  });

  it("writes data sources for Tableau, and exports nothing for them alone", async () => {
    const { url, exports } = await fakeDarkroom();
    const file = join(await scratch(), "darkroom.tds");
    const ran = await darkroom(["export", "--tableau", file, "--at", url, "--json"]);
    const others = ["darkroom-renditions.tds", "athena.properties"].map((name) => join(file, "..", name));
    expect(ran.json()).toEqual({ days: [], files: [file, ...others] });
    expect(await readFile(file, "utf8")).toContain('schema="darkroom_fake" server="athena.eu-west-1.amazonaws.com"');
    expect(await readFile(others[0]!, "utf8")).toContain('table="[darkroom_fake].[renditions]"');
    expect(await readFile(others[1]!, "utf8")).toBe("Workgroup=darkroom-fake\n");
    expect(exports).toEqual([]);
  });

  it("asks again of a host that is away for a moment", async () => {
    const fault = (call: string, nth: number) => (/exports\/\S/.test(call) && nth === 0 ? 503 : undefined);
    const { url } = await fakeDarkroom({ exported, fault });
    expect(await darkroom(["export", ...range, "--at", url])).toMatchObject({ code: 0 });
  });

  it.each([
    ["HOST_REFUSED", (call: string) => (call.includes("/exported/") ? 403 : undefined)],
    ["HOST_TROUBLE", (call: string) => (call === "POST /api/exports" ? 500 : undefined)],
  ])("ends with 2 and %s where it cannot be had, and leaves no half of a file", async (code, fault) => {
    const { url } = await fakeDarkroom({ exported, fault });
    const file = join(await scratch(), "pictures.parquet");
    const ran = await darkroom(["export", ...range, "--out", file, "--at", url, "--json"]);
    expect(ran.code).toBe(2);
    expect(ran.json()).toMatchObject({ error: { code } });
    await expect(readFile(file)).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("says where it cannot write", async () => {
    const { url } = await fakeDarkroom({ exported });
    const dir = await scratch();
    await mkdir(join(dir, "a"));
    await writeFile(join(dir, "a/file"), "");
    const ran = await darkroom(["export", ...range, "--out", join(dir, "a/file/x.parquet"), "--at", url, "--json"]);
    expect(ran.json()).toMatchObject({ error: { code: "UNWRITABLE" } });
  });
});
