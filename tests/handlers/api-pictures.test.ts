import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { previewKey } from "../../handlers/object-keys.ts";
import type { Catalog } from "../../handlers/ports.ts";
import type { Picture, PictureIn } from "../../handlers/record.ts";
import { startApi, withPictures } from "../fixtures/memory-api.ts";
import { chainOf, moderatorSaying } from "../fixtures/memory-chain.ts";
import { operatorArn, refusal } from "../fixtures/memory-frame.ts";
import { animation, quadrants } from "../fixtures/odd-pictures.ts";

const ann = "ann@example.com";
const sam = "sam@staff.example.com";
const rita = "rita@example.com";

/** One picture of Ann's, as far as the moderator lets it. */
async function withOne({ confidence = 0, bytes = quadrants(900, 300).jpeg().toBuffer() as Promise<Buffer> } = {}) {
  const started = startApi();
  const metadata = { name: "hills.jpg", uploader: encodeURIComponent(ann) };
  started.incoming.put("uploads/1", await bytes, { metadata });
  const chain = chainOf(started, { moderator: moderatorSaying({ confidence }) });
  const [picture] = (await chain.send("uploads/1")) as [Picture];
  const path = `/api/pictures/${picture.pictureId}`;
  return { ...started, chain, picture, path };
}

describe("GET /api/pictures", () => {
  const by = "operator";

  it("lists newest first, page after page", async () => {
    const { ask, pictures } = await withPictures(5);
    const all: Picture[] = [];
    let next = "";
    for (const count of [2, 2, 1]) {
      const { status, type, body } = await ask(`/api/pictures?limit=2${next}`, { by });
      expect([status, type]).toEqual([200, "application/json"]);
      expect(body.pictures).toHaveLength(count);
      all.push(...body.pictures);
      next = `&next=${encodeURIComponent(body.next)}`;
    }
    expect(next).toBe("&next=undefined");
    expect(all).toEqual(pictures);
    expect((await ask("/api/pictures", { by })).body).toEqual({ pictures });
  });

  it("lists fifty at a time when nobody says otherwise, and a person's own alone", async () => {
    const asked: unknown[] = [];
    const { catalog } = startApi();
    const list = (options: Parameters<Catalog["list"]>[0]) => {
      asked.push(options);
      return catalog.list(options);
    };
    const { ask } = startApi({ catalog: { ...catalog, list } });
    for (const query of ["", "?limit=1", "?limit=200"]) await ask(`/api/pictures${query}`, { by });
    for (const person of [ann, rita]) await ask("/api/pictures?uploader=sam@staff.example.com", { by: person });
    expect(asked).toEqual([
      { limit: 50 },
      { limit: 1 },
      { limit: 200 },
      { limit: 50, of: { uploader: ann } },
      { limit: 50, of: { uploader: rita } },
    ]);
  });

  it.each(["0", "201", "-1", "1.5", "ten", "", "1e9", "0x1g"])("refuses a limit of %j", async (limit) => {
    expect(await startApi().ask(`/api/pictures?limit=${limit}`, { by })).toEqual(refusal("BAD_LIMIT"));
  });

  it.each(["", "yesterday", "undefined", "2026-13-01"])("refuses %j for a page", async (next) => {
    expect(await startApi().ask(`/api/pictures?next=${next}`, { by })).toEqual(refusal("BAD_PAGE"));
  });

  it("answers the pictures it is asked for by id, and leaves out those it does not know", async () => {
    const { ask, pictures } = await withPictures(3);
    const ids = [pictures[2]!.pictureId, "nobody", pictures[0]!.pictureId];
    expect((await ask(`/api/pictures?ids=${ids}`, { by })).body).toEqual({ pictures: [pictures[2], pictures[0]] });
    expect((await ask("/api/pictures?ids=", { by })).body).toEqual({ pictures: [] });
  });

  it("looks up a hundred ids at most", async () => {
    const looked: string[] = [];
    const { catalog } = startApi();
    const { ask } = startApi({ catalog: { ...catalog, get: async (id: string) => void looked.push(id) } as never });
    const ids = Array.from({ length: 1000 }, (_, i) => `id${i}`);
    expect((await ask(`/api/pictures?ids=${ids}`, { by })).body).toEqual({ pictures: [] });
    expect(looked).toEqual(ids.slice(0, 100));
  });
});

describe("who sees a picture", () => {
  it.each([
    ["its sender", ann, true],
    ["an operator", "operator", true],
    ["another person", sam, false],
    ["a reviewer, once it is decided", rita, false],
  ])("%s: %s %s", async (_, by, seen) => {
    const { ask, picture, path } = await withOne();
    const answers = seen
      ? { status: 200, type: "application/json", body: picture }
      : { ...refusal("NO_PICTURE"), body: { ...refusal("NO_PICTURE").body } };
    expect(await ask(path, { by })).toEqual(answers);
    expect((await ask(`/api/pictures?ids=${picture.pictureId}`, { by })).body.pictures).toEqual(seen ? [picture] : []);
    expect((await ask("/api/pictures", { by })).body.pictures).toEqual(seen ? [picture] : []);
    const { status, body } = await ask(`${path}/markup`, { by });
    expect([status, body]).toEqual(
      seen ? [200, (picture as PictureIn<"published">).markup] : [404, refusal("NO_PICTURE").body],
    );
  });

  it("a reviewer, while it is in review: by its id, though it is not among their own", async () => {
    const { ask, picture, path } = await withOne({ confidence: 50 });
    expect((await ask(path, { by: rita })).body).toEqual(picture);
    expect((await ask(`/api/pictures?ids=${picture.pictureId}`, { by: rita })).body.pictures).toEqual([picture]);
    expect((await ask("/api/pictures", { by: rita })).body.pictures).toEqual([]);
  });

  it("is not told, as its sender, which of the reviewers decided", async () => {
    const { ask, path } = await withOne({ confidence: 60 });
    const verdict = { verdict: "accept", reason: "A statue." };
    expect((await ask(`${path}/review`, { by: rita, method: "POST", body: verdict })).status).toBe(200);
    const { body } = await ask(path, { by: ann });
    expect(body).toMatchObject({ status: "accepted", acceptedBy: "a reviewer" });
    expect(JSON.stringify([body, (await ask("/api/pictures", { by: ann })).body])).not.toContain(rita);
    expect((await ask(path, { by: "operator" })).body).toMatchObject({ reviewedBy: rita });
  });

  it("is told the same of somebody else's as of none", async () => {
    const { ask, path, picture } = await withOne();
    const other = path.replace(/.{4}$/, "0000");
    for (const [method, end] of [
      ["GET", ""],
      ["GET", "/markup"],
      ["DELETE", ""],
    ] as const) {
      const answers = [await ask(path + end, { method, by: sam }), await ask(other + end, { method, by: sam })];
      const without = answers.map((answer) => JSON.stringify(answer).replaceAll(/[0-9a-f-]{36}/g, ""));
      expect(without[0]).toBe(without[1]);
    }
    expect((await ask(path, { by: ann })).body).toEqual(picture);
  });

  it.each(["nobody", "%00", "..%2Frecord", "x".repeat(3000), "<script>"])("knows no picture %j", async (id) => {
    const answer = await startApi().ask(`/api/pictures/${encodeURIComponent(id)}`, { by: "operator" });
    expect(answer).toEqual(refusal("NO_PICTURE"));
    expect(answer.body.detail.length).toBeLessThan(100);
  });
});

describe("GET /api/pictures/:id/markup", () => {
  it.each([0, 50, 90])("is there for a published picture alone: confidence %d", async (confidence) => {
    const { ask, path, picture } = await withOne({ confidence });
    const answer = await ask(`${path}/markup`, { by: ann });
    if (picture.status === "published") expect(answer).toMatchObject({ status: 200, body: picture.markup });
    else expect(answer).toEqual(refusal("NOT_PUBLISHED"));
  });
});

describe("GET /api/pictures/:id/preview", () => {
  it.each([rita, "operator"])("shows %s a small picture that nothing keeps and no script can come of", async (by) => {
    const exif = { IFD0: { Copyright: "Ann's own words" } };
    const { fetch, path } = await withOne({
      confidence: 50,
      bytes: quadrants(900, 300).withExif(exif).jpeg().toBuffer(),
    });
    const response = await fetch(`${path}/preview`, { by });
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "image/jpeg",
      "cache-control": "private, no-store",
      "content-security-policy": "sandbox; default-src 'none'",
      "x-content-type-options": "nosniff",
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    const { format, width, height, exif: kept } = await sharp(bytes).metadata();
    expect({ format, width, height, kept }).toEqual({ format: "jpeg", width: 640, height: 213, kept: undefined });
    expect(bytes.includes("Ann's own words")).toBe(false);
  });

  it("shows of an animation more than its first frame", async () => {
    const { fetch, path } = await withOne({ confidence: 50, bytes: animation(90, 60, 6, "gif") });
    const preview = await (await fetch(`${path}/preview`, { by: rita })).arrayBuffer();
    const { data, info } = await sharp(preview).raw().toBuffer({ resolveWithObject: true });
    expect(info).toMatchObject({ width: 180, height: 120 });
    // Frames 0, 2, 3 and 5, of which the odd ones are yellow and the others blue.
    const blue = (x: number, y: number) => data[(y * 180 + x) * 3 + 2]! > 128;
    expect([blue(40, 30), blue(130, 30), blue(40, 90), blue(130, 90)]).toEqual([true, true, false, false]);
  });

  it("is for nobody else, not even the sender, and there only while somebody is to decide", async () => {
    const { ask, path, picture, working } = await withOne({ confidence: 50 });
    for (const by of [ann, sam]) expect(await ask(`${path}/preview`, { by })).toEqual(refusal("NOT_ALLOWED"));
    await working.remove(previewKey(picture.pictureId));
    expect(await ask(`${path}/preview`, { by: rita })).toEqual(refusal("NO_PREVIEW"));
    const published = await withOne();
    expect(published.working.objects.has(previewKey(published.picture.pictureId))).toBe(false);
    expect(await published.ask(`${published.path}/preview`, { by: rita })).toEqual(refusal("NO_PICTURE"));
    expect(await published.ask(`${published.path}/preview`, { by: "operator" })).toEqual(refusal("NO_PREVIEW"));
  });
});

describe("DELETE /api/pictures/:id", () => {
  const method = "DELETE";

  it.each([
    [ann, ann],
    ["operator", operatorArn],
  ])("has a picture deleted everywhere for %s", async (by, forgottenBy) => {
    for (const confidence of [0, 50, 90]) {
      const { ask, path, picture, catalog, chain } = await withOne({ confidence });
      const { pictureId, contentHash } = picture as PictureIn<"published">;
      const gone = { status: 202, type: "application/json", body: { pictureId, status: "forgetting" } };
      expect(await ask(path, { method, by })).toEqual(gone);
      const { source, sourceId, name, uploader, bytes } = picture;
      expect(await catalog.get(pictureId)).toMatchObject({ source, sourceId, name, uploader, bytes, contentHash });
      expect(await catalog.get(pictureId)).toMatchObject({ status: "forgetting", forgottenBy });
      expect(await catalog.get(pictureId)).not.toHaveProperty("perceptualHash");
      // No person learns which operator it was.
      expect((await ask(path, { by: ann })).body).toMatchObject({ pictureId, status: "forgetting" });
      expect((await ask(path, { by: ann })).body).not.toHaveProperty("forgottenBy");
      expect((await ask("/api/pictures", { by: ann })).body.pictures[0]).not.toHaveProperty("forgottenBy");
      expect((await ask(path, { by: "operator" })).body).toMatchObject({ forgottenBy });
      expect(await ask(path, { method, by })).toEqual(gone);
      await chain.forget(pictureId);
      expect((await ask("/api/pictures", { by: ann })).body).toEqual({ pictures: [] });
      expect(await ask(path, { by: ann })).toEqual(refusal("NO_PICTURE"));
      expect((await ask(path, { by: "operator" })).body).toMatchObject({ status: "forgotten", name: "" });
    }
  });

  it.each([sam, rita])("is not for %s, whose it is not", async (by) => {
    for (const confidence of [0, 50]) {
      const { ask, path, picture, catalog } = await withOne({ confidence });
      expect(await ask(path, { method, by })).toEqual(refusal("NO_PICTURE"));
      expect(await catalog.get(picture.pictureId)).toEqual(picture);
    }
  });

  it("wins against actors that move the record meanwhile, or says that it did not", async () => {
    for (const [races, status] of [
      [3, 202],
      [99, 409],
    ] as const) {
      const { catalog, picture, path, ...started } = await withOne();
      let left = races;
      const move: Catalog["move"] = async (from, to) => (left-- > 0 ? false : catalog.move(from, to));
      const { fetch } = startApi({ catalog: { ...catalog, move } });
      expect((await fetch(path, { method, by: ann })).status).toBe(status);
      expect(started.faults).toEqual([]);
    }
  });
});
