import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ObjectStore } from "../../../handlers/ports.ts";

/** What a run of the object store's contract is given: three buckets, empty, and one that is not there. */
export interface ObjectStoreRig {
  readonly store: ObjectStore;
  readonly other: ObjectStore;
  readonly absent: ObjectStore;
  /** One that keeps what was overwritten and deleted. */
  readonly versioned: ObjectStore;
  /** Puts an object into `store` as its owner would, who may say things about it. */
  put(key: string, bytes: Buffer, said: { contentType: string; metadata: Record<string, string> }): Promise<void>;
  /** What a browser is told about an object of `store`. */
  cacheControlOf(key: string): Promise<string | undefined>;
  close(): Promise<void>;
}

/** What the actors rely on of a bucket. */
export const objectStoreContract = (name: string, setUp: () => Promise<ObjectStoreRig>) =>
  describe(`ObjectStore: ${name}`, () => {
    let rig: ObjectStoreRig;
    beforeAll(async () => {
      rig = await setUp();
    });
    afterAll(() => rig.close());
    const octets = "application/octet-stream";
    const etagOf = async (store: ObjectStore, key: string) => (await store.head(key))?.etag ?? "none";

    it("reads and opens exactly what was written, also nothing at all", async () => {
      const { store } = rig;
      for (const bytes of [Buffer.alloc(0), Buffer.from("picture"), Buffer.alloc(300_000, 7)]) {
        await store.write("written", bytes, { contentType: "image/png" });
        expect(await store.read("written", bytes.length)).toEqual(bytes);
        expect(await buffer((await store.open("written"))!)).toEqual(bytes);
        expect(await store.head("written")).toMatchObject({
          bytes: bytes.length,
          contentType: "image/png",
          metadata: {},
        });
      }
    });

    it("keeps the cache control it is given, and gives none of its own", async () => {
      await rig.store.write("kept", Buffer.from("a"), { contentType: "image/png", cacheControl: "max-age=5" });
      await rig.store.write("plain", Buffer.from("a"), { contentType: "image/png" });
      expect(await rig.cacheControlOf("kept")).toBe("max-age=5");
      expect(await rig.cacheControlOf("plain")).toBeUndefined();
    });

    it("tells an object's type, its metadata in lower case, and an etag that changes with the bytes alone", async () => {
      const said = { contentType: "image/heic", metadata: { name: "a%20b.jpg", uploader: "ann" } };
      await rig.put("said", Buffer.from("one"), said);
      const first = await rig.store.head("said");
      expect(first).toEqual({ bytes: 3, etag: first?.etag, ...said });
      await rig.put("said", Buffer.from("one"), said);
      expect(await rig.store.head("said")).toEqual(first);
      await rig.put("said", Buffer.from("two"), said);
      expect((await rig.store.head("said"))?.etag).not.toBe(first?.etag);
    });

    it("answers undefined for a key that is not there, and false to a copy of it", async () => {
      const { store, other } = rig;
      expect(await store.head("nowhere")).toBeUndefined();
      expect(await store.read("nowhere", 10)).toBeUndefined();
      expect(await store.open("nowhere")).toBeUndefined();
      expect(await other.copy({ bucket: store.bucket, key: "nowhere", etag: '"0"' }, "copy")).toBe(false);
      expect(await other.head("copy")).toBeUndefined();
    });

    it("throws for a bucket that is not there: that is no missing picture", async () => {
      const { store, absent } = rig;
      await store.write("here", Buffer.from("a"), { contentType: octets });
      const etag = await etagOf(store, "here");
      // S3 answers HEAD without a body: there a missing bucket cannot be told from a missing key.
      const calls: Record<string, () => Promise<unknown>> = {
        read: () => absent.read("key", 10),
        open: () => absent.open("key"),
        write: () => absent.write("key", Buffer.from("a"), { contentType: octets }),
        upload: () => absent.upload("key", Readable.from([Buffer.from("a")]), { contentType: octets, metadata: {} }),
        remove: () => absent.remove("key"),
        removeAll: () => absent.removeAll("key"),
        "copy from": () => store.copy({ bucket: absent.bucket, key: "key", etag }, "copy"),
        "copy to": () => absent.copy({ bucket: store.bucket, key: "here", etag }, "copy"),
      };
      const silent: string[] = [];
      for (const [call, run] of Object.entries(calls))
        await run().then(
          () => silent.push(call),
          () => {},
        );
      expect(silent).toEqual([]);
    });

    it.each([0, 7, 20_000_000])("takes a stream of %d bytes, with what its owner says of it", async (length) => {
      const { store } = rig;
      const bytes = Buffer.alloc(length, "picture");
      const pieces = Readable.from(
        Array.from({ length: 4 }, (_, i) => bytes.subarray((i * length) / 4, ((i + 1) * length) / 4)),
      );
      const metadata = { name: "Ä 100%.jpg", source: "studio" };
      await store.upload("streamed", pieces, { contentType: "image/png", metadata });
      expect(await store.head("streamed")).toMatchObject({
        bytes: length,
        contentType: "image/png",
        metadata: { name: "%C3%84%20100%25.jpg", source: "studio" },
      });
      expect((await store.read("streamed", length))?.equals(bytes)).toBe(true);
    });

    it("makes no object of a stream that fails", async () => {
      const { store } = rig;
      const failure = new Error("the line went dead");
      for (const length of [5, 9_000_000]) {
        const body = Readable.from(
          (async function* () {
            yield Buffer.alloc(length);
            throw failure;
          })(),
        );
        await expect(store.upload("cut", body, { contentType: octets, metadata: {} })).rejects.toBe(failure);
        expect(await store.head("cut")).toBeUndefined();
      }
    });

    it("removes one object, and is content where there is none", async () => {
      for (const key of ["gone", "gone/not"]) await rig.store.write(key, Buffer.from("a"), { contentType: octets });
      await rig.store.remove("gone");
      await rig.store.remove("gone");
      expect(await rig.store.head("gone")).toBeUndefined();
      expect(await rig.store.read("gone/not", 1)).toEqual(Buffer.from("a"));
    });

    it("removes all that begins so, and nothing else", async () => {
      for (const store of [rig.store, rig.versioned]) {
        const gone = ["all/1/0", "all/1/1", "all/1/2/3", "all/1/"];
        const kept = ["all/10", "all/1", "all/2/a b+c.jpg", "other/all/1/0"];
        for (const key of [...gone, ...kept]) await store.write(key, Buffer.from(key), { contentType: octets });
        await store.write("all/1/0", Buffer.from("again"), { contentType: octets });
        await store.remove("all/1/1");
        await store.removeAll("all/1/");
        for (const key of gone) expect(await store.head(key), key).toBeUndefined();
        for (const key of kept) expect(await store.read(key, 50)).toEqual(Buffer.from(key));
        await store.removeAll("all/2/a b+c");
        expect(await store.head("all/2/a b+c.jpg")).toBeUndefined();
        await store.removeAll("nowhere/");
      }
    });

    it("refuses to read more than it is allowed, to the byte", async () => {
      await rig.store.write("large", Buffer.alloc(1001), { contentType: octets });
      await expect(rig.store.read("large", 1000)).rejects.toThrow(/^TOO_LARGE: /);
      expect(await rig.store.read("large", 1001)).toHaveLength(1001);
    });

    it("copies into another bucket, without what the owner said", async () => {
      const { store, other } = rig;
      await rig.put("theirs", Buffer.from("bytes"), { contentType: "text/html", metadata: { name: "secret" } });
      const from = { bucket: store.bucket, key: "theirs", etag: await etagOf(store, "theirs") };
      expect(await other.copy(from, "originals/ours")).toBe(true);
      expect(await other.read("originals/ours", 10)).toEqual(Buffer.from("bytes"));
      expect(await other.head("originals/ours")).toMatchObject({ contentType: octets, metadata: {} });
      expect(await other.copy(from, "originals/ours")).toBe(true);
    });

    it("does not copy an object that has changed, nor touch what the copy would replace", async () => {
      const { store, other } = rig;
      await store.write("moving", Buffer.from("old"), { contentType: octets });
      const from = { bucket: store.bucket, key: "moving", etag: await etagOf(store, "moving") };
      await other.copy(from, "kept");
      await store.write("moving", Buffer.from("new"), { contentType: octets });
      expect(await other.copy(from, "kept")).toBe(false);
      expect(await other.read("kept", 10)).toEqual(Buffer.from("old"));
    });

    it.each([
      "uploads/..%2fsecret.jpg",
      "uploads/../secret.jpg",
      "a//b/./c.jpg",
      "/first.jpg",
      " .jpg",
      "a+b c%20d&e=f?g#h.jpg",
      "<script>o'neil(1)!*~`.jpg",
      "été \u{1f600} ..\\x.jpg",
      "x".repeat(1024),
    ])("takes %j for the very key it is", async (key) => {
      const { store, other } = rig;
      const bytes = Buffer.from(key);
      await store.write(key, bytes, { contentType: octets });
      expect(await store.read(key, 2000)).toEqual(bytes);
      expect(await buffer((await store.open(key))!)).toEqual(bytes);
      expect(await other.copy({ bucket: store.bucket, key, etag: await etagOf(store, key) }, "odd")).toBe(true);
      expect(await other.read("odd", 2000)).toEqual(bytes);
    });
  });
