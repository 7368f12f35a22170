import { describe, expect, it } from "vitest";
import type { Announced } from "../../handlers/api/upload-types.ts";
import { mostBeginnings } from "../../handlers/api/uploads.ts";
import { createIngest } from "../../handlers/ingest.ts";
import { pictureIdOf } from "../../handlers/picture-id.ts";
import { limits, startApi } from "../fixtures/memory-api.ts";
import { refusal } from "../fixtures/memory-frame.ts";
import { quotas } from "../fixtures/memory-identity.ts";
import { quadrants } from "../fixtures/odd-pictures.ts";

const ann = "ann@example.com";
const sam = "sam@staff.example.com";
const megabyte = 1024 * 1024;
const file = { name: "a.jpg", type: "image/jpeg", bytes: 5000 };
const key = expect.stringMatching(/^uploads\/[0-9a-f-]{36}$/);

function start(more?: Parameters<typeof startApi>[0]) {
  const started = startApi(more);
  const upload = (body: unknown, by = ann) => started.ask("/api/uploads", { method: "POST", body, by });
  const forms = () => started.signed.map((each) => (each as [string, Announced])[1]);
  return { ...started, upload, forms };
}

describe("POST /api/uploads", () => {
  it("signs exactly one key, type and size for each file, and tells the picture's id beforehand", async () => {
    const { upload, forms, incoming, ...world } = start();
    const { status, body } = await upload({ files: [file, { ...file, bytes: 0 }] });
    const metadata = { name: "a.jpg", uploader: "ann%40example.com" };
    expect(status).toBe(200);
    expect(forms()).toEqual([
      { key, type: file.type, bytes: 5000, metadata },
      { key, type: file.type, bytes: 0, metadata },
    ]);
    expect(new Set(forms().map((form) => form.key)).size).toBe(2);
    expect(body.uploads).toEqual(
      forms().map((form) => ({
        pictureId: pictureIdOf("upload", form.key, "1"),
        key: form.key,
        url: "https://incoming.example/form",
        fields: { key: form.key, policy: "signed" },
      })),
    );
    const [form] = forms() as [Announced];
    incoming.put(form.key, await quadrants(20, 20).jpeg().toBuffer(), { metadata: form.metadata });
    await createIngest({ ...world, incoming, limits })(form.key);
    const taken = { status: "received", name: "a.jpg", uploader: ann };
    expect(await world.catalog.get(body.uploads[0].pictureId)).toMatchObject(taken);
  });

  it("names no person where an operator uploads", async () => {
    const { upload, forms } = start();
    expect((await upload({ files: [file] }, "operator")).status).toBe(200);
    expect(forms()).toMatchObject([{ metadata: { name: "a.jpg" } }]);
    expect(forms()[0]?.metadata).not.toHaveProperty("uploader");
  });

  it("refuses one file of many for its size or its shape, and signs the others", async () => {
    const { upload, signed } = start({ limits: { ...limits, maxBytes: 5000 } });
    const bad = [{ ...file, bytes: 5001 }, null, "a.jpg", {}, { ...file, bytes: 1.5 }, { ...file, bytes: -1 }];
    const worse = [
      { ...file, bytes: "9" },
      { ...file, name: 7 },
      { name: "a", bytes: 1 },
      { ...file, bytes: 1e300 },
    ];
    const { body } = await upload({ files: [file, ...bad, ...worse, file] });
    expect(body.uploads.map((each: { error?: { code: string } }) => each.error?.code)).toEqual([
      undefined,
      "TOO_LARGE",
      ...Array(9).fill("BAD_FILE"),
      undefined,
    ]);
    expect(body.uploads[1]).toEqual({ error: { code: "TOO_LARGE", sentence: expect.stringMatching(/\.$/) } });
    expect(signed).toHaveLength(2);
  });

  it.each(["text/html", "image/svg+xml; charset=x", "IMAGE/PNG\r\nx: y", "", `image/${"x".repeat(41)}`])(
    "signs %j as plain bytes",
    async (type) => {
      const { upload, forms } = start();
      await upload({ files: [{ ...file, type }] });
      expect(forms()).toMatchObject([{ type: "application/octet-stream" }]);
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
    const { upload, forms } = start();
    expect((await upload({ files: [{ ...file, name }] })).status).toBe(200);
    const [form] = forms() as [Announced];
    expect(form.key).toEqual(key);
    expect(form.metadata["name"]).toMatch(/^[\x21-\x7e]{0,1000}$/);
    const said = decodeURIComponent(form.metadata["name"] as string);
    expect(said.length).toBeLessThanOrEqual(200);
    expect(name.toWellFormed().endsWith(said.replace(/^\ufffd/, ""))).toBe(true);
  });

  it.each([[], [...Array(101).keys()], "a.jpg", { length: 1 }, null, undefined].map((files) => [{ files }]))(
    "refuses %j",
    async (value) => {
      const { upload, signed } = start();
      expect(await upload(value)).toEqual(refusal("BAD_FILES"));
      expect(signed).toEqual([]);
    },
  );

  it.each(["", "{", "files=a"])("refuses the body %j", async (text) => {
    expect(await start().upload(text)).toEqual(refusal("BAD_JSON"));
  });

  it.each(['"text"', "null", "7", "[]"])("refuses the JSON %s", async (text) => {
    expect(await start().upload(text)).toEqual(refusal("BAD_FILES"));
  });
});

describe("how much a person may hand in", () => {
  it("is so many files a day, of which those refused do not count", async () => {
    const { upload, clock, signed, fetch } = start({ quotas: { ...quotas, filesPerPerson: 3 } });
    const files = (count: number) => ({ files: Array(count).fill(file) });
    expect((await upload(files(2))).status).toBe(200);
    expect(await upload(files(2))).toEqual(refusal("QUOTA_SPENT"));
    expect(
      (await upload({ files: [file, { ...file, bytes: -1 }, { ...file, bytes: limits.maxBytes + 1 }] })).status,
    ).toBe(200);
    const { status, headers } = await fetch("/api/uploads", { method: "POST", body: files(1), by: ann });
    // At noon.
    expect([status, headers.get("retry-after")]).toEqual([429, String(12 * 3600)]);
    expect((await upload({ files: [null] })).status).toBe(200);
    expect(signed).toHaveLength(3);

    expect((await upload(files(3), sam)).status).toBe(200);
    expect((await upload(files(50), "operator")).status).toBe(200);
    clock.now = new Date(clock.now.getTime() + 12 * 3600_000);
    expect((await upload(files(3))).status).toBe(200);
  });
});

describe("an upload in parts", () => {
  const large = { ...file, bytes: 20 * megabyte + 7 };

  async function begun(by = ann) {
    const started = start();
    const { body } = await started.upload({ files: [large], parts: true }, by);
    const [{ pictureId }] = body.uploads;
    const sign = (said: unknown, caller = by) =>
      started.ask(`/api/uploads/${pictureId}/sign`, { method: "POST", body: said, by: caller });
    return { ...started, sign, pictureId, key: body.uploads[0].key as string };
  }

  it("is for files over 16 MiB, of those who can", async () => {
    const { upload, begun: kept, signed } = start();
    const files = [large, { ...file, bytes: 16 * megabyte }, { ...file, bytes: 16 * megabyte + 1 }];
    const { uploads } = (await upload({ files, parts: true })).body;
    const id = ({ key }: { key: string }) => pictureIdOf("upload", key, "1");
    const inParts = { key, partBytes: 8 * megabyte };
    expect(uploads).toEqual([
      { ...inParts, pictureId: id(uploads[0]) },
      { pictureId: id(uploads[1]), key, url: expect.any(String), fields: expect.any(Object) },
      { ...inParts, pictureId: id(uploads[2]) },
    ]);
    expect([...kept.keys()]).toEqual([uploads[0].pictureId, uploads[2].pictureId]);
    expect(signed).toHaveLength(1);
    expect((await upload({ files })).body.uploads.every((each: object) => "fields" in each)).toBe(true);
  });

  it("has each of its steps signed, and every part to the byte", async () => {
    const { sign, signed, key } = await begun();
    const uploadId = "2~abc.DEF_1-9";
    const steps = [
      { step: "create" },
      ...[1, 2, 3].map((part) => ({ step: "part", uploadId, part })),
      ...["list", "complete", "abort"].map((step) => ({ step, uploadId })),
    ];
    for (const step of steps) {
      const { status, body } = await sign(step);
      expect([status, body]).toEqual([200, { url: `https://incoming.example/${step.step}`, headers: {} }]);
    }
    const metadata = { name: "a.jpg", uploader: "ann%40example.com" };
    expect(signed).toEqual([
      ["create", { by: ann, key, type: "image/jpeg", bytes: large.bytes, metadata }],
      ["part", key, uploadId, 1, 8 * megabyte],
      ["part", key, uploadId, 2, 8 * megabyte],
      ["part", key, uploadId, 3, 4 * megabyte + 7],
      ["list", key, uploadId],
      ["complete", key, uploadId],
      ["abort", key, uploadId],
    ]);
  });

  it("is begun five times a day at most, so that one file of the quota is not uploads without end", async () => {
    const { sign, signed, clock } = await begun();
    for (let time = 0; time < mostBeginnings; time++) expect((await sign({ step: "create" })).status).toBe(200);
    expect(await sign({ step: "create" })).toEqual(refusal("QUOTA_SPENT"));
    expect(signed).toHaveLength(mostBeginnings);
    expect((await sign({ step: "part", uploadId: "u", part: 1 })).status).toBe(200);
    clock.now = new Date(clock.now.getTime() + 24 * 3600_000);
    expect((await sign({ step: "create" })).status).toBe(200);
    const another = await begun("operator");
    for (let time = 0; time < 20; time++) expect((await another.sign({ step: "create" })).status).toBe(200);
  });

  it("is signed for whoever began it alone", async () => {
    for (const [by, others] of [
      [ann, [sam, "rita@example.com", "operator"]],
      ["operator", [ann]],
    ] as const) {
      const { sign, signed } = await begun(by);
      for (const other of others) expect(await sign({ step: "create" }, other)).toEqual(refusal("NO_UPLOAD"));
      expect(signed).toEqual([]);
      expect((await sign({ step: "create" })).status).toBe(200);
    }
  });

  it.each([
    {},
    { step: "delete" },
    { step: "part", part: 1 },
    ...[0, 4, -1, 1.5, "1", 1e9].map((part) => ({ step: "part", uploadId: "u", part })),
    ...["", "a b", "a\r\nb", "\u00e9", 7, "x".repeat(1025)].map((uploadId) => ({ step: "list", uploadId })),
    { step: "complete" },
  ])("has no step %j", async (step) => {
    const { sign, signed } = await begun();
    expect(await sign(step)).toEqual(refusal("BAD_STEP"));
    expect(signed).toEqual([]);
  });

  it.each(["nobody", "x".repeat(3000), "..%2F"])("is none under the id %s", async (id) => {
    const asked = { method: "POST", body: { step: "create" }, by: ann };
    expect(await start().ask(`/api/uploads/${id}/sign`, asked)).toEqual(refusal("NO_UPLOAD"));
  });
});
