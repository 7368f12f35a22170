import { describe, expect, it } from "vitest";
import { type Exporting, exportRoutes } from "../../handlers/api/exports.ts";
import type { ExportCall } from "../../handlers/export/export.ts";
import { askedKey } from "../../handlers/export/keys.ts";
import { refusal, startFrame } from "../fixtures/memory-frame.ts";
import { memoryBuckets } from "../fixtures/memory-ports.ts";

const place = { bucket: "exports", region: "eu-west-1", database: "darkroom_test", workgroup: "darkroom-test" };
const range = { from: "2026-11-21", to: "2026-11-22" };

function start() {
  const calls: ExportCall[] = [];
  const store = memoryBuckets("exports")("exports");
  const exporting: Exporting = {
    place,
    store,
    sign: async (key) => `https://exports.example/${key}?signed`,
    wake: async (call) => void calls.push(call),
  };
  const { ask } = startFrame((world) => [exportRoutes({ ...world, exporting })]);
  const begin = (body: unknown, by = "operator") => ask("/api/exports", { method: "POST", body, by });
  return { calls, store, ask, begin };
}

describe("an export that is asked for", () => {
  it("is begun under a name of its own, and can be followed at once", async () => {
    const { calls, ask, begin } = start();
    const { status, body } = await begin(range);
    expect(status).toBe(202);
    expect(calls).toEqual([{ asked: { id: body.id, ...range } }]);
    expect(await ask(`/api/exports/${body.id}`, { by: "operator" })).toMatchObject({
      status: 200,
      body: { ...range, finished: false, days: [], of: 2, files: [] },
    });
    expect((await begin(range)).body.id).not.toBe(body.id);
  });

  it("may be of the last day that there is", async () => {
    const { ask, begin } = start();
    const { id } = (await begin({ from: "9999-12-31", to: "9999-12-31" })).body;
    expect(await ask(`/api/exports/${id}`, { by: "operator" })).toMatchObject({ status: 200, body: { of: 1 } });
  });

  it("hands out both tables of each day once it is finished, and nothing before", async () => {
    const { store, ask, begin } = start();
    const { id } = (await begin(range)).body;
    const days = [{ day: "2026-11-21", pictures: 3, renditions: 9 }];
    const keep = (finished: boolean) => store.put(askedKey(id), JSON.stringify({ ...range, finished, days }));
    keep(false);
    expect((await ask(`/api/exports/${id}`, { by: "operator" })).body).toMatchObject({ days, files: [] });
    keep(true);
    expect((await ask(`/api/exports/${id}`, { by: "operator" })).body.files).toEqual(
      ["pictures", "renditions"].map((table) => ({
        day: "2026-11-21",
        table,
        url: `https://exports.example/${table}/day=2026-11-21/part-0000.parquet?signed`,
      })),
    );
  });

  it.each([
    [{ from: "2026-11-22", to: "2026-11-21" }],
    [{ from: "2025-11-21", to: "2026-11-22" }],
    [{ from: "2026-11-31", to: "2026-12-01" }],
    [{ from: "yesterday", to: "2026-11-22" }],
    [{}],
  ])("is not begun for %j", async (body) => {
    const { calls, begin } = start();
    expect(await begin(body)).toEqual(refusal("BAD_REQUEST"));
    expect(calls).toEqual([]);
  });
});

describe("exports", () => {
  it("are for operators", async () => {
    const { calls, ask, begin } = start();
    for (const by of ["ann@example.com", "rita@example.com"]) {
      expect(await begin(range, by)).toEqual(refusal("NOT_ALLOWED"));
      expect(await ask("/api/exports", { by })).toEqual(refusal("NOT_ALLOWED"));
      expect(await ask(`/api/exports/${crypto.randomUUID()}`, { by })).toEqual(refusal("NOT_ALLOWED"));
    }
    expect(calls).toEqual([]);
  });

  it("name what a data source has to name", async () => {
    expect(await start().ask("/api/exports", { by: "operator" })).toMatchObject({ status: 200, body: place });
  });

  it("are refused where there are none, and so is one that nobody asked for", async () => {
    const { ask } = startFrame((world) => [exportRoutes(world)]);
    expect(await ask("/api/exports", { by: "operator" })).toEqual(refusal("EXPORTS_OFF"));
    expect(await ask("/api/exports", { method: "POST", body: range, by: "operator" })).toEqual(refusal("EXPORTS_OFF"));
    const unknown = `/api/exports/${crypto.randomUUID()}`;
    expect(await start().ask(unknown, { by: "operator" })).toEqual(refusal("NO_EXPORT"));
    expect(await start().ask("/api/exports/..%2F..%2Fpictures", { by: "operator" })).toEqual(refusal("NO_EXPORT"));
  });
});
