import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ColdStore } from "../../../handlers/cold-store.ts";
import type { ObjectStore } from "../../../handlers/ports.ts";

/** What a run of the cold store's contract is given: a bucket, and one that is an archive; both empty. */
export interface ColdStoreRig {
  readonly store: ObjectStore;
  readonly archived: ColdStore;
  /** Comes back when what is being thawed can be read. */
  thawed(key: string): Promise<void>;
  close(): Promise<void>;
}

/** What the archive relies on of its bucket. */
export const coldStoreContract = (name: string, setUp: () => Promise<ColdStoreRig>) =>
  describe(`ColdStore: ${name}`, () => {
    let rig: ColdStoreRig;
    beforeAll(async () => {
      rig = await setUp();
    });
    afterAll(() => rig.close());

    /** An object of the store and where it lies. */
    async function written(key: string, text = key) {
      await rig.store.write(key, Buffer.from(text), { contentType: "application/octet-stream" });
      return { bucket: rig.store.bucket, key, etag: (await rig.store.head(key))!.etag };
    }
    const back = ({ key, etag }: { key: string; etag: string }) =>
      rig.store.copy({ bucket: rig.archived.bucket, key, etag }, `back/${key}`);

    it("keeps a copy in the class it is given, with the same bytes and ETag", async () => {
      for (const storageClass of ["GLACIER", "DEEP_ARCHIVE", "GLACIER_IR"]) {
        const from = await written(`originals/${storageClass} é+.jpeg`);
        expect(await rig.archived.head(from.key)).toBeUndefined();
        expect(await rig.archived.keep(from, from.key, storageClass)).toBe(true);
        const bytes = Buffer.byteLength(from.key);
        expect(await rig.archived.head(from.key)).toEqual({ bytes, etag: from.etag, storageClass });
      }
    });

    it("keeps nothing of an object that is gone or changed", async () => {
      const from = await written("changing");
      await written("changing", "other");
      expect(await rig.archived.keep(from, "changing", "GLACIER")).toBe(false);
      expect(await rig.archived.keep({ ...from, key: "nowhere" }, "changing", "GLACIER")).toBe(false);
      expect(await rig.archived.head("changing")).toBeUndefined();
    });

    it.each(["GLACIER", "DEEP_ARCHIVE"])(
      "reads from %s only what was thawed, and asking twice is asking once",
      async (storageClass) => {
        const from = await written(`thawing/${storageClass}`);
        await rig.archived.keep(from, from.key, storageClass);
        await expect(back(from)).rejects.toThrow();
        for (let time = 0; time < 2; time++)
          expect(await rig.archived.thaw(from.key, { days: 1, tier: "bulk" })).toBe("under way");
        await expect(back(from)).rejects.toThrow();
        await rig.thawed(from.key);
        expect(await back(from)).toBe(true);
        expect(await rig.store.read(`back/${from.key}`, 100)).toEqual(Buffer.from(from.key));
        expect(await rig.archived.thaw(from.key, { days: 3, tier: "standard" })).toBe("readable");
        expect(await rig.archived.head(from.key)).toMatchObject({ storageClass });
      },
    );

    it("reads from GLACIER_IR at once", async () => {
      const from = await written("instant");
      await rig.archived.keep(from, from.key, "GLACIER_IR");
      expect(await back(from)).toBe(true);
    });

    it("throws when it is to hurry with what is in DEEP_ARCHIVE, and for what is not there", async () => {
      const from = await written("deep");
      await rig.archived.keep(from, from.key, "DEEP_ARCHIVE");
      await expect(rig.archived.thaw(from.key, { days: 1, tier: "expedited" })).rejects.toThrow();
      await expect(rig.archived.thaw("nowhere", { days: 1, tier: "bulk" })).rejects.toThrow();
    });
  });
