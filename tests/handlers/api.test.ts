import { describe, expect, it } from "vitest";
import { createIngest } from "../../handlers/ingest.ts";
import { pictureIdOf } from "../../handlers/picture-id.ts";
import type { Catalog } from "../../handlers/ports.ts";
import type { Picture } from "../../handlers/record.ts";
import { limits, start, withPictures } from "../fixtures/memory-api.ts";
import { quadrants } from "../fixtures/odd-pictures.ts";

describe("GET /api/pictures", () => {
  it("lists newest first, page after page", async () => {
    const { ask, pictures } = await withPictures(5);
    const all: Picture[] = [];
    let next = "";
    for (const count of [2, 2, 1]) {
      const { status, type, body } = await ask(`/api/pictures?limit=2${next}`);
      expect([status, type]).toEqual([200, "application/json"]);
      expect(body.pictures).toHaveLength(count);
      all.push(...body.pictures);
      next = `&next=${encodeURIComponent(body.next)}`;
    }
    expect(next).toBe("&next=undefined");
    expect(all).toEqual(pictures);
    expect((await ask("/api/pictures")).body).toEqual({ pictures });
  });

  it("lists fifty at a time when nobody says otherwise", async () => {
    const asked: unknown[] = [];
    const { catalog } = await start();
    const list = (options: Parameters<Catalog["list"]>[0]) => {
      asked.push(options);
      return catalog.list(options);
    };
    const { ask } = await start({ catalog: { ...catalog, list } });
    for (const query of ["", "?limit=1", "?limit=200"]) await ask(`/api/pictures${query}`);
    expect(asked).toMatchObject([{ limit: 50 }, { limit: 1 }, { limit: 200 }]);
  });

  it.each(["0", "201", "-1", "1.5", "ten", "", "1e9", "0x1g"])("refuses a limit of %j", async (limit) => {
    const { ask, problem } = await start();
    expect(await ask(`/api/pictures?limit=${limit}`)).toEqual(problem(400, "BAD_LIMIT"));
  });

  it.each(["", "yesterday", "undefined", "2026-13-01"])("refuses %j for a page", async (next) => {
    const { ask, problem } = await start();
    expect(await ask(`/api/pictures?next=${next}`)).toEqual(problem(400, "BAD_PAGE"));
  });

  it("answers the pictures it is asked for by id, and leaves out those it does not know", async () => {
    const { ask, pictures } = await withPictures(3);
    const ids = [pictures[2]!.pictureId, "nobody", pictures[0]!.pictureId];
    expect((await ask(`/api/pictures?ids=${ids}`)).body).toEqual({ pictures: [pictures[2], pictures[0]] });
    expect((await ask("/api/pictures?ids=")).body).toEqual({ pictures: [] });
  });

  it("looks up a hundred ids at most", async () => {
    const looked: string[] = [];
    const catalog = { get: async (id: string) => void looked.push(id) } as unknown as Catalog;
    const { ask } = await start({ catalog });
    const ids = Array.from({ length: 5000 }, (_, i) => `id${i}`);
    expect((await ask(`/api/pictures?ids=${ids}`)).body).toEqual({ pictures: [] });
    expect(looked).toEqual(ids.slice(0, 100));
  });
});

describe("GET /api/pictures/:id", () => {
  it("answers the record", async () => {
    const { ask, first } = await withPictures(1);
    expect(await ask(`/api/pictures/${first.pictureId}`)).toEqual({
      status: 200,
      type: "application/json",
      body: first,
    });
  });

  it.each(["nobody", "%00", "..%2Frecord", "x".repeat(3000), "<script>"])("knows no picture %j", async (id) => {
    const { ask, problem } = await start();
    const answer = await ask(`/api/pictures/${encodeURIComponent(id)}`);
    expect(answer).toEqual(problem(404, "NO_PICTURE"));
    expect(answer.body.detail.length).toBeLessThan(100);
  });
});

describe("POST /api/uploads", () => {
  const file = { name: "a.jpg", type: "image/jpeg", bytes: 5000 };

  it("signs exactly one key, type and size for each file, and tells the picture's id beforehand", async () => {
    const { post, signed, incoming, ...world } = await start();
    const { status, body } = await post("/api/uploads", { files: [file, { ...file, bytes: 0 }] });
    expect(status).toBe(200);
    expect(signed).toEqual([
      {
        key: expect.stringMatching(/^uploads\/[0-9a-f-]{36}$/),
        type: file.type,
        bytes: 5000,
        metadata: { name: "a.jpg" },
      },
      {
        key: expect.stringMatching(/^uploads\/[0-9a-f-]{36}$/),
        type: file.type,
        bytes: 0,
        metadata: { name: "a.jpg" },
      },
    ]);
    expect(new Set(signed.map(({ key }) => key)).size).toBe(2);
    expect(body.uploads).toEqual(
      signed.map(({ key }) => ({
        pictureId: pictureIdOf("upload", key, "1"),
        url: "https://incoming.example",
        fields: { key, policy: "signed" },
      })),
    );
    incoming.put(signed[0]!.key, await quadrants(20, 20).jpeg().toBuffer(), { metadata: signed[0]!.metadata });
    await createIngest({ ...world, incoming, limits })(signed[0]!.key);
    expect(await world.catalog.get(body.uploads[0].pictureId)).toMatchObject({ status: "received", name: "a.jpg" });
  });

  it("refuses one file of many for its size or its shape, and signs the others", async () => {
    const { post, signed } = await start();
    const bad = [{ ...file, bytes: 5001 }, null, "a.jpg", {}, { ...file, bytes: 1.5 }, { ...file, bytes: -1 }];
    const worse = [
      { ...file, bytes: "9" },
      { ...file, name: 7 },
      { name: "a", bytes: 1 },
      { ...file, bytes: 1e300 },
    ];
    const { body } = await post("/api/uploads", { files: [file, ...bad, ...worse, file] });
    expect(body.uploads.map((upload: { error?: { code: string } }) => upload.error?.code)).toEqual([
      undefined,
      "TOO_LARGE",
      ...Array(8).fill("BAD_FILE"),
      "TOO_LARGE",
      undefined,
    ]);
    expect(body.uploads[1]).toEqual({ error: { code: "TOO_LARGE", sentence: expect.stringMatching(/\.$/) } });
    expect(signed).toHaveLength(2);
  });

  it.each(["text/html", "image/svg+xml; charset=x", "IMAGE/PNG\r\nx: y", "", `image/${"x".repeat(41)}`])(
    "signs %j as plain bytes",
    async (type) => {
      const { post, signed } = await start();
      await post("/api/uploads", { files: [{ ...file, type }] });
      expect(signed).toMatchObject([{ type: "application/octet-stream" }]);
    },
  );

  it.each([
    "../../etc/passwd",
    'a"\r\nx-amz-acl: public-read',
    "<script>alert(1)</script>.jpg",
    "100%.jpg",
    "été \u202e\u{1f600}.jpg",
    "\ud800.jpg",
    "\u{1f600}".repeat(150),
    `${"\u{1f600}".repeat(150)}x`,
    `${"é".repeat(5000)}.jpg`,
    "",
  ])("takes the name %j as metadata that a header can hold, and never as part of a key", async (name) => {
    const { post, signed } = await start();
    expect((await post("/api/uploads", { files: [{ ...file, name }] })).status).toBe(200);
    const [{ key, metadata }] = signed as [(typeof signed)[number]];
    expect(key).toMatch(/^uploads\/[0-9a-f-]{36}$/);
    expect(metadata["name"]).toMatch(/^[\x21-\x7e]{0,1900}$/);
    const said = decodeURIComponent(metadata["name"] as string);
    expect(said.length).toBeLessThanOrEqual(200);
    expect(name.toWellFormed().endsWith(said.replace(/^\ufffd/, ""))).toBe(true);
  });

  it.each([[], [...Array(101).keys()], "a.jpg", { length: 1 }, null, undefined].map((files) => [{ files }]))(
    "refuses %j",
    async (value) => {
      const { post, problem, signed } = await start();
      expect(await post("/api/uploads", value)).toEqual(problem(400, "BAD_FILES"));
      expect(signed).toEqual([]);
    },
  );

  it.each(["", "{", '"text"', "null", "7", "files=a"])("refuses the body %j", async (text) => {
    const { post, problem } = await start();
    expect(await post("/api/uploads", text)).toEqual(problem(400, "BAD_JSON"));
  });
});

describe("the rest", () => {
  it("counts the last 31 days' pictures by their status, over all pages", async () => {
    const { catalog, pictures, post, clock } = await withPictures(5);
    await post(`/api/pictures/${pictures[0]?.pictureId}/review`, { verdict: "accept", reason: "" });
    const one = (options: Parameters<Catalog["list"]>[0]) => catalog.list({ ...options, limit: 1 });
    for (const list of [catalog.list, one]) {
      const { ask, clock: later } = await start({ catalog: { ...catalog, list } });
      later.now = clock.now;
      expect(await ask("/api/status")).toMatchObject({ status: 200, body: { counts: { review: 4, accepted: 1 } } });
      // The two oldest entered at :00 and :01.
      later.now = new Date(Date.UTC(2026, 10, 23 + 31, 12, 0, 2));
      expect((await ask("/api/status")).body).toEqual({ counts: { review: 2, accepted: 1 } });
      later.now = new Date(Date.UTC(2026, 10, 23 + 32, 12));
      expect((await ask("/api/status")).body).toEqual({ counts: {} });
    }
  });

  it.each([
    ["GET", "/api"],
    ["GET", "/api/nothing"],
    ["GET", "/"],
    ["DELETE", "/api/pictures/1"],
    ["GET", "/api/uploads"],
    ["GET", "/api/pictures/1/review"],
  ])("has nothing at %s %s", async (method, path) => {
    const { ask, problem } = await start();
    expect(await ask(path, { method })).toEqual(problem(404, "NO_ROUTE"));
  });
});
