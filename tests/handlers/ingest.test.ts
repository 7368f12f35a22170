import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { pictureIdOf } from "../../handlers/picture-id.ts";
import type { PictureIn } from "../../handlers/record.ts";
import { limits, start } from "../fixtures/memory-ingest.ts";
import { place } from "../fixtures/memory-ports.ts";
import { oneBitPng, quadrants } from "../fixtures/odd-pictures.ts";

const jpeg = await quadrants(40, 30).jpeg().toBuffer();
const other = await quadrants(30, 40).jpeg().toBuffer();
const png = await quadrants(40, 30).png().toBuffer();

describe("a picture that is taken", () => {
  it("is received with every field of its record, its bytes held in the working bucket", async () => {
    const world = start();
    world.incoming.put("uploads/1", jpeg, { contentType: "text/html", metadata: { name: "M%C3%BCnster%20%231.jpg" } });
    let calls = 0;
    await world.run({ now: () => new Date(Date.parse("2026-11-23T12:00:00.000Z") + 250 * calls++) })("uploads/1");
    const pictureId = world.uploadId("uploads/1");
    const times = { startedAt: "2026-11-23T12:00:00.000Z", endedAt: "2026-11-23T12:00:00.250Z" };
    const record = world.record();
    expect(record).toEqual({
      ...place,
      pictureId,
      status: "received",
      source: "upload",
      sourceId: "uploads/1",
      revision: "1",
      name: "Münster #1.jpg",
      enteredAt: times.startedAt,
      changedAt: times.endedAt,
      homeRegion: place.region,
      bytes: jpeg.length,
      timings: { ingest: { ...times, ms: 250 } },
      attempts: { ingest: 1 },
      format: "jpeg",
      width: 40,
      height: 30,
      frames: 1,
      hasAlpha: false,
      greyscale: false,
      contentHash: createHash("sha256").update(jpeg).digest("hex"),
      perceptualHash: expect.stringMatching(/^[0-9a-f]{16}$/),
      original: expect.stringMatching(new RegExp(`^originals/${pictureId}[.0-9a-f]*\\.jpeg$`)),
    });
    const held = { bytes: jpeg, contentType: "application/octet-stream", metadata: {} };
    expect([...world.working.objects]).toEqual([
      [(record as PictureIn<"received">).original, expect.objectContaining(held)],
    ]);
    expect(world.quarantine.objects.size).toBe(0);
    expect(world.lines).toEqual([
      { outcome: "received", details: { actor: "ingest", pictureId, ms: 250, reason: undefined } },
    ]);
  });

  it("is the same record however often it is delivered, at once or later", async () => {
    const world = start();
    world.incoming.put("uploads/1", jpeg);
    await Promise.all([world.ingest("uploads/1"), world.ingest("uploads/1")]);
    const record = world.record();
    await world.ingest("uploads/1");
    expect(world.record()).toEqual(record);
    expect(record.status).toBe("received");
    expect(world.lines.at(-1)).toEqual({
      outcome: "known",
      details: { actor: "ingest", pictureId: record.pictureId },
    });
  });

  it("is a duplicate when its bytes are another picture's, and leaves no second original", async () => {
    const world = start();
    world.incoming.put("uploads/1", jpeg);
    world.incoming.put("uploads/2", jpeg);
    await world.ingest("uploads/1");
    await world.ingest("uploads/2");
    const [first, second] = [...world.catalog.records.values()];
    expect(second).toEqual({
      ...first,
      pictureId: world.uploadId("uploads/2"),
      sourceId: "uploads/2",
      name: "2",
      status: "duplicate",
      duplicateOf: first?.pictureId,
    });
    expect([...world.working.objects.keys()]).toEqual([(first as PictureIn<"received">).original]);
  });

  it("has one owner when the same bytes come twice at once", async () => {
    const world = start();
    for (const key of ["uploads/1", "uploads/2", "uploads/3"]) world.incoming.put(key, jpeg);
    await Promise.all(["uploads/1", "uploads/2", "uploads/3"].map(world.ingest));
    const statuses = [...world.catalog.records.values()].map(({ status }) => status).sort();
    expect(statuses).toEqual(["duplicate", "duplicate", "received"]);
    expect(world.working.objects.size).toBe(1);
  });

  it("is a duplicate of its own sender's pictures alone", async () => {
    const world = start();
    const said = { source: "studio", revision: "1" };
    const by = (uploader: string) => ({ metadata: { uploader: encodeURIComponent(uploader) } });
    const put = {
      "uploads/1": by("ann@example.com"),
      "uploads/2": by("ben@example.com"),
      "uploads/3": by("Ann@example.com"),
      "uploads/4": {},
      "pulled/studio/5": { metadata: { ...said, id: "5" } },
      "pulled/studio/6": { metadata: { ...said, id: "6" } },
      "pulled/team/7": { metadata: { ...said, source: "team", id: "7" } },
      "drop/8.jpg": {},
    };
    for (const [key, more] of Object.entries(put)) {
      world.incoming.put(key, jpeg, more);
      await world.ingest(key);
    }
    const all = [...world.catalog.records.values()];
    const duplicates = all.map((one) => one.status === "duplicate" && all.findIndex(isOf(one.duplicateOf)));
    // Each by its place: the third is the first one's, the sixth the fifth one's.
    expect(duplicates).toEqual([false, false, 0, false, false, 4, false, false]);
    // Whoever else has these bytes shows in nobody's record.
    for (const one of all.filter(({ status }) => status === "received"))
      expect(one).toMatchObject({ original: expect.stringContaining(one.pictureId) });
  });

  it("is forgotten when it was removed before anybody looked", async () => {
    const world = start();
    await world.ingest("uploads/1");
    expect(world.catalog.records.size).toBe(0);
    expect(world.catalog.attempts.size).toBe(0);
    expect(world.lines).toEqual([{ outcome: "gone", details: { actor: "ingest", key: "uploads/1" } }]);
  });
});

describe("who a picture is", () => {
  it("of a signed upload: its key, whatever lies there later", async () => {
    const world = start();
    world.incoming.put("uploads/1", jpeg);
    await world.ingest("uploads/1");
    world.incoming.put("uploads/1", other);
    await world.ingest("uploads/1");
    expect(world.record()).toMatchObject({ pictureId: world.uploadId("uploads/1"), width: 40, height: 30 });
  });

  it("of anything else in the bucket: its key and its bytes", async () => {
    const world = start();
    for (const bytes of [jpeg, jpeg, other]) {
      world.incoming.put("drop/a.jpg", bytes, { metadata: { uploader: "nobody%20knows" } });
      await world.ingest("drop/a.jpg");
    }
    const etag = (bytes: Buffer) => `"${createHash("md5").update(bytes).digest("hex")}"`;
    const common = { source: "bucket", sourceId: "drop/a.jpg", name: "a.jpg", status: "received" };
    expect([...world.catalog.records.values()]).toMatchObject([
      { ...common, revision: etag(jpeg), pictureId: pictureIdOf("bucket", "drop/a.jpg", etag(jpeg)) },
      { ...common, revision: etag(other), pictureId: pictureIdOf("bucket", "drop/a.jpg", etag(other)) },
    ]);
    expect([...world.catalog.records.values()].map(({ uploader }) => uploader)).toEqual([undefined, undefined]);
  });

  it("of a pulled file: what its source says of it, wherever it was put", async () => {
    const world = start();
    const metadata = {
      source: "campaigns",
      id: "id%3AA%2Fb%20%E2%82%AC",
      revision: "r%2B7",
      name: "Sommer%20%26%20Meer.jpg",
      uploader: "ann%40example.com",
    };
    world.incoming.put("pulled/1", jpeg, { metadata });
    world.incoming.put("pulled/2", other, { metadata });
    await world.ingest("pulled/1");
    await world.ingest("pulled/2");
    expect(world.record()).toMatchObject({
      pictureId: pictureIdOf("campaigns", "id:A/b €", "r+7"),
      source: "campaigns",
      sourceId: "id:A/b €",
      revision: "r+7",
      name: "Sommer & Meer.jpg",
      width: 40,
    });
    // Only what the front door signed may name a person.
    expect(world.record()).not.toHaveProperty("uploader");
  });

  it("of a signed upload: handed in by whom the front door signed for, in lower case, and by nobody else's word", async () => {
    const world = start();
    const ann = { uploader: "Ann%2Bpictures%40Example.com" };
    const uploads = {
      "uploads/1": ann,
      "uploads/2": { ...ann, source: "studio", id: "7" },
      "uploads/3": { uploader: "" },
    };
    for (const [key, metadata] of Object.entries(uploads)) {
      world.incoming.put(
        key,
        await quadrants(30, 20 + key.charCodeAt(8))
          .jpeg()
          .toBuffer(),
        { metadata },
      );
      await world.ingest(key);
      expect(await world.catalog.get(world.uploadId(key))).toMatchObject({ source: "upload", sourceId: key });
    }
    const uploaders = [...world.catalog.records.values()].map(({ uploader }) => uploader);
    expect(uploaders).toEqual(["ann+pictures@example.com", "ann+pictures@example.com", undefined]);
  });

  it.each(["..%2F..%2Fetc%2Fpasswd", "C%3A%5Cphotos%5Cpasswd", "a/b/passwd"])(
    "is named by a file name, never by a path such as %s",
    async (name) => {
      const world = start();
      world.incoming.put("uploads/1", jpeg, { metadata: { name } });
      await world.ingest("uploads/1");
      expect(world.record().name).toBe("passwd");
    },
  );

  it("is nobody's riddle when its metadata is not percent-encoded: it gets a record all the same", async () => {
    const world = start();
    world.incoming.put("uploads/1", jpeg, { metadata: { name: "100%.jpg" } });
    world.incoming.put("pulled/2", other, { metadata: { source: "studio", id: "%zz", revision: "%" } });
    await world.ingest("uploads/1");
    await world.ingest("pulled/2");
    expect([...world.catalog.records.values()]).toMatchObject([
      { status: "received", name: "100%.jpg" },
      { status: "received", source: "studio", sourceId: "%zz", revision: "%" },
    ]);
  });
});

describe("a file that is refused", () => {
  const cases: [string, string, Buffer, string, object][] = [
    ["for its key", "uploads/../secret.jpg", jpeg, "KEY_CLIMBS", {}],
    ["for its content", "uploads/page.jpg", Buffer.from("<!DOCTYPE html>"), "NOT_AN_IMAGE", {}],
    ["for being empty", "uploads/empty.jpg", Buffer.alloc(0), "EMPTY", {}],
    ["for its header", "uploads/bomb.png", oneBitPng(12_000, 12_000), "TOO_MANY_PIXELS", { width: 12_000 }],
    ["for being cut", "uploads/half.png", png.subarray(0, png.length / 2), "TRUNCATED", { width: 40, height: 30 }],
  ];
  it.each(cases)("%s is kept in quarantine, as bytes and no more", async (_, key, bytes, code, seen) => {
    const world = start();
    world.incoming.put(key, bytes, { contentType: "text/html", metadata: { name: "page.html" } });
    await world.ingest(key);
    const record = world.record();
    expect(record).toMatchObject({
      status: "rejected",
      reason: { code, sentence: expect.stringMatching(/^[A-Z].+\.$/) },
      quarantined: `refused/${record.pictureId}`,
      bytes: bytes.length,
      attempts: { ingest: 1 },
      ...seen,
    });
    expect(record).not.toHaveProperty("original");
    expect(record).not.toHaveProperty("contentHash");
    const kept = world.quarantine.objects.get(`refused/${record.pictureId}`);
    expect(kept).toMatchObject({ bytes, contentType: "application/octet-stream", metadata: {} });
    expect(world.quarantine.objects.size).toBe(1);
    expect(world.working.objects.size).toBe(0);
    expect(world.catalog.owners.size).toBe(0);
    expect(world.lines).toMatchObject([{ outcome: "rejected", details: { reason: code } }]);
  });

  it("for its size is never read", async () => {
    const world = start({ limits: { ...limits, maxBytes: jpeg.length - 1 } });
    world.incoming.put("uploads/1", jpeg);
    const unread = {
      ...world.incoming,
      read: () => expect.unreachable("read"),
      open: () => expect.unreachable("open"),
    };
    await world.run({ incoming: unread })("uploads/1");
    expect(world.record()).toMatchObject({ status: "rejected", reason: { code: "TOO_LARGE" }, bytes: jpeg.length });
    expect(world.quarantine.objects.size).toBe(1);
  });

  it("of exactly the size allowed is taken", async () => {
    const world = start({ limits: { ...limits, maxBytes: jpeg.length } });
    world.incoming.put("uploads/1", jpeg);
    await world.ingest("uploads/1");
    expect(world.record().status).toBe("received");
  });
});

const isOf = (id: string) => (picture: { readonly pictureId: string }) => picture.pictureId === id;
