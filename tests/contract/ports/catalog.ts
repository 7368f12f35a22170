import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { BadPlace } from "../../../handlers/bad-place.ts";
import type { Catalog, Sweep } from "../../../handlers/ports.ts";
import type { Picture, PictureIn, Status } from "../../../handlers/record.ts";
import { listingCases } from "./listing.ts";
import { accepted, fresh, received } from "./records.ts";

/** What a run of the catalog's contract is given: a catalog, empty. */
export interface CatalogRig {
  readonly catalog: Catalog;
  readonly sweep: Sweep;
  close(): Promise<void>;
}

/** What the actors and the API rely on of the record keeper. */
export const catalogContract = (name: string, setUp: () => Promise<CatalogRig>) =>
  describe(`Catalog: ${name}`, () => {
    let catalog: Catalog;
    let rig: CatalogRig;
    beforeAll(async () => {
      rig = await setUp();
      ({ catalog } = rig);
    });
    afterAll(() => rig.close());
    const race = async <T>(call: (caller: number) => Promise<T>) =>
      Promise.all(Array.from({ length: 20 }, (_, caller) => call(caller)));

    describe("records", () => {
      it("gives back what was added, without what is undefined, and nothing for an unknown id", async () => {
        const added = received({
          name: "Ä \u{1f600}.jpg",
          uploader: "ann@example.com",
          perceptualHash: "00",
          attempts: { ingest: 1 },
        });
        expect(await catalog.add({ ...added, reviewedBy: undefined })).toBe(true);
        expect(await catalog.get(added.pictureId)).toEqual(added);
        // Ids come from the outside: an empty one, or one too long for a key, is no trouble of the catalog's.
        for (const id of ["nobody", "", "x".repeat(5000), "\ud800"]) expect(await catalog.get(id)).toBeUndefined();
      });

      it("adds a record once, and leaves the first as it is", async () => {
        const first = received();
        const answers = await race((caller) => catalog.add({ ...first, name: `caller ${caller}` }));
        expect(answers.filter(Boolean)).toHaveLength(1);
        expect((await catalog.get(first.pictureId))?.name).toBe(`caller ${answers.indexOf(true)}`);
        expect(await catalog.add({ ...first, name: "late" })).toBe(false);
        expect((await catalog.get(first.pictureId))?.name).toBe(`caller ${answers.indexOf(true)}`);
      });

      it("moves a record for one caller alone", async () => {
        const before = received();
        await catalog.add(before);
        const answers = await race((caller) => catalog.move("received", accepted(before, `caller ${caller}`)));
        expect(answers.filter(Boolean)).toHaveLength(1);
        expect(await catalog.get(before.pictureId)).toEqual(accepted(before, `caller ${answers.indexOf(true)}`));
      });

      it("moves nothing that stands elsewhere, or that is not there", async () => {
        const before = received();
        expect(await catalog.move("received", accepted(before, "early"))).toBe(false);
        expect(await catalog.get(before.pictureId)).toBeUndefined();
        await catalog.add(before);
        expect(await catalog.move("review", accepted(before, "wrong"))).toBe(false);
        expect(await catalog.get(before.pictureId)).toEqual(before);
      });

      it("keeps of a moved record only what the new one says", async () => {
        const before = received();
        const reason = { code: "UNSURE", sentence: "A person decides." };
        await catalog.add(before);
        await catalog.move("received", { ...accepted(before, "-"), status: "review", reason } as PictureIn<"review">);
        await catalog.move("review", { ...accepted(before, "ann"), reviewedBy: undefined });
        expect(await catalog.get(before.pictureId)).toEqual(accepted(before, "ann"));
      });
    });

    describe("records that are to be worked on again", () => {
      it("writes a record again for one caller alone, and changes nothing else of it", async () => {
        const before = received({ uploader: "ann@example.com" });
        await catalog.add(before);
        const answers = await race((caller) => catalog.touch(before, `2026-01-01T00:00:00.0${caller + 10}Z`, 3));
        expect(answers.filter(Boolean)).toHaveLength(1);
        const changedAt = `2026-01-01T00:00:00.0${answers.indexOf(true) + 10}Z`;
        expect(await catalog.get(before.pictureId)).toEqual({ ...before, changedAt, woken: 3 });
      });

      it("leaves alone what has moved, changed or gone since it was read", async () => {
        const before = received();
        const late = "2026-01-01T00:00:00.000Z";
        for (const again of [() => catalog.touch(before, late, 1), () => catalog.remove(before)]) {
          expect(await again()).toBe(false);
          expect(await catalog.get(before.pictureId)).toBeUndefined();
        }
        await catalog.add(before);
        const changed = { ...before, changedAt: late };
        await catalog.move("received", changed);
        for (const read of [before, { ...changed, status: "review" } as never]) {
          expect(await catalog.touch(read, late, 1)).toBe(false);
          expect(await catalog.remove(read)).toBe(false);
        }
        expect(await catalog.get(before.pictureId)).toEqual(changed);
      });

      it("gives a picture to one other Region alone, unless it has changed since it was read", async () => {
        const before = received();
        await catalog.add(before);
        const at = (region: number) => ({ ...before, homeRegion: `region-${region}`, adoptedFrom: before.homeRegion });
        const answers = await race((caller) => catalog.adopt(before, at(caller)));
        expect(answers.filter(Boolean)).toHaveLength(1);
        const now = at(answers.indexOf(true));
        expect(await catalog.get(before.pictureId)).toEqual(now);
        await catalog.move("received", { ...now, changedAt: "2026-01-01T00:00:00.000Z" });
        expect(await catalog.adopt(now, before)).toBe(false);
      });

      it("takes a record out for one caller alone, so that it may enter anew", async () => {
        const before = received();
        await catalog.add(before);
        const answers = await race(() => catalog.remove(before));
        expect(answers.filter(Boolean)).toHaveLength(1);
        expect(await catalog.get(before.pictureId)).toBeUndefined();
        expect(await catalog.add(before)).toBe(true);
      });

      it("forgets the deaths of one actor over one picture, and keeps count of its attempts", async () => {
        const { pictureId } = received();
        for (let time = 0; time < 3; time++) await catalog.attempt(pictureId, "resize");
        await catalog.attempt(pictureId, "moderate");
        await catalog.forgive(pictureId, "resize");
        expect(await catalog.attempt(pictureId, "resize")).toEqual({ count: 4, open: 1 });
        expect(await catalog.attempt(pictureId, "moderate")).toEqual({ count: 2, open: 2 });
        await catalog.forgive(received().pictureId, "resize");
      });
    });

    describe("looking for what stands still", () => {
      it("finds the records at a status that entered and changed in time, stretch by stretch, each once", async () => {
        const { catalog, sweep, close } = await setUp();
        onTestFinished(close);
        const at = (minute: number) => new Date(Date.UTC(2026, 5, 15, 12, minute)).toISOString();
        const wanted = Array.from({ length: 30 }, (_, i) => received({ enteredAt: at(i), changedAt: at(i) }));
        const others = [
          received({ enteredAt: at(-1), changedAt: at(5) }),
          received({ enteredAt: at(5), changedAt: at(40) }),
          accepted(received({ enteredAt: at(5), changedAt: at(5) }), "ann"),
        ];
        for (const picture of [...wanted, ...others]) await catalog.add(picture);
        const ids = async (statuses: readonly Status[]) => {
          const found: Picture[] = [];
          let next: string | undefined;
          do {
            const page = await sweep({ statuses, enteredSince: at(0), changedBefore: at(40), next });
            found.push(...page.pictures);
            next = page.next;
          } while (next !== undefined);
          return found.map(({ pictureId }) => pictureId).sort();
        };
        const received30 = wanted.map(({ pictureId }) => pictureId);
        expect(await ids(["received", "resized"])).toEqual(received30.toSorted());
        expect(await ids(["received", "accepted"])).toEqual([...received30, others[2]!.pictureId].sort());
        expect(await ids(["forgetting"])).toEqual([]);
      });

      it("goes on from where it was though that is too long ago by then", async () => {
        const { catalog, sweep, close } = await setUp();
        onTestFinished(close);
        const at = (minute: number) => new Date(Date.UTC(2026, 5, 15, 12, minute)).toISOString();
        // More than a stretch holds.
        const name = "x".repeat(90_000);
        for (let i = 0; i < 15; i++) {
          const pictureId = `0000000${i.toString(16)}-${process.pid}`;
          await catalog.add(received({ pictureId, name, enteredAt: at(i), changedAt: at(i) }));
        }
        const asked = { statuses: ["received"], changedBefore: at(60) } as const;
        const found: Picture[] = [];
        let minute = 0;
        let next: string | undefined;
        do {
          const page = await sweep({ ...asked, enteredSince: at(minute), next });
          found.push(...page.pictures);
          next = page.next;
          minute = 13;
        } while (next !== undefined);
        const entered = found.map(({ enteredAt }) => enteredAt);
        expect(entered.slice(-2)).toEqual([at(13), at(14)]);
        expect(new Set(entered).size).toBe(entered.length);
      });

      it.each([
        "",
        "x",
        "{}",
        "null",
        '{"shard":8}',
        '{"shard":0,"after":{}}',
        '{"shard":0,"after":{"pictureId":"#"}}',
      ])("refuses to go on from %j, where no stretch ended", async (next) => {
        const asked = { statuses: ["received"], enteredSince: "2026", changedBefore: "2027" } as const;
        await expect(rig.sweep({ ...asked, next })).rejects.toBeInstanceOf(BadPlace);
      });
    });

    describe("what is said of an original", () => {
      const archive = { class: "GLACIER", at: "2026-11-23T12:00:00.000Z", bucket: "archived", key: "k", turn: 1 };
      const changedAt = "2026-11-23T13:00:00.000Z";

      it("is added to the record, and leaves the rest as it is", async () => {
        const before = received();
        await catalog.add(before);
        expect(await catalog.amend(before, { changedAt, archive, deletedAt: undefined })).toBe(true);
        expect(await catalog.get(before.pictureId)).toEqual({ ...before, changedAt, archive });
      });

      it("is said by one of many at once, of what they found", async () => {
        const before = received();
        await catalog.add(before);
        const say = (found: typeof before, turn: number) => (caller: number) =>
          catalog.amend(found, { changedAt, archive: { ...archive, turn, key: `caller ${caller}` } });
        expect((await race(say(before, 1))).filter(Boolean)).toHaveLength(1);
        const found = (await catalog.get(before.pictureId)) as typeof before;
        expect((await race(say(found, 2))).filter(Boolean)).toHaveLength(1);
        expect(await say(found, 2)(0)).toBe(false);
        expect(await catalog.get(before.pictureId)).toMatchObject({ archive: { turn: 2 } });
      });

      it("is not said of a record that moved on, or that is not there", async () => {
        const before = received();
        expect(await catalog.amend(before, { changedAt, archive })).toBe(false);
        expect(await catalog.get(before.pictureId)).toBeUndefined();
        await catalog.add(before);
        await catalog.move("received", accepted(before, "faster"));
        expect(await catalog.amend(before, { changedAt, archive })).toBe(false);
        expect(await catalog.get(before.pictureId)).toEqual(accepted(before, "faster"));
      });
    });

    describe("beside the record", () => {
      it("counts every attempt of an actor once, before there is a record", async () => {
        const { pictureId } = received();
        const counts = await race(() => catalog.attempt(pictureId, "ingest"));
        const upTo20 = Array.from({ length: 20 }, (_, i) => i + 1);
        expect(counts.map(({ count }) => count).sort((a, b) => a - b)).toEqual(upTo20);
        expect(counts.map(({ open }) => open).sort((a, b) => a - b)).toEqual(upTo20);
        expect(await catalog.attempt(pictureId, "resize")).toEqual({ count: 1, open: 1 });
        expect(await catalog.attempt(received().pictureId, "ingest")).toEqual({ count: 1, open: 1 });
        expect(await catalog.get(pictureId)).toBeUndefined();
      });

      it("forgets a settled attempt as a death, but not as an attempt", async () => {
        const { pictureId } = received();
        await catalog.attempt(pictureId, "resize");
        await catalog.attempt(pictureId, "resize");
        await catalog.settle(pictureId, "resize");
        expect(await catalog.attempt(pictureId, "resize")).toEqual({ count: 3, open: 2 });
        await race(() => catalog.attempt(pictureId, "resize"));
        await race(() => catalog.settle(pictureId, "resize"));
        expect(await catalog.attempt(pictureId, "resize")).toEqual({ count: 24, open: 3 });
      });

      it("gives a content hash to the first who claims it, for good", async () => {
        const hash = `hash of ${fresh()}`;
        const owners = await race((caller) => catalog.claim(hash, `picture ${caller}`));
        expect(new Set(owners).size).toBe(1);
        expect(await catalog.claim(hash, "late")).toBe(owners[0]);
        expect(await catalog.claim(hash, owners[0]!)).toBe(owners[0]);
        expect(await catalog.claim(`another ${hash}`, "late")).toBe("late");
      });

      it("gives a content hash back for its owner alone, so that the next can have it", async () => {
        const hash = `hash of ${fresh()}`;
        await catalog.release(hash, "first");
        await catalog.claim(hash, "first");
        await catalog.release(hash, "second");
        expect(await catalog.claim(hash, "second")).toBe("first");
        await catalog.release(hash, "first");
        await catalog.release(hash, "first");
        expect(await catalog.claim(hash, "second")).toBe("second");
      });

      it("knows of every effect whether it was caused, and causes none by being asked", async () => {
        const { pictureId } = received();
        expect(await catalog.did(pictureId, "mail")).toBe(false);
        expect(await catalog.once(pictureId, "mail")).toBe(true);
        expect(await catalog.did(pictureId, "mail")).toBe(true);
        expect(await catalog.did(pictureId, "commit")).toBe(false);
        expect(await catalog.did(received().pictureId, "mail")).toBe(false);
      });

      it("lets one caller cause an effect, once for each picture and effect", async () => {
        const { pictureId } = received();
        const answers = await race(() => catalog.once(pictureId, "mail"));
        expect(answers.filter(Boolean)).toHaveLength(1);
        expect(await catalog.once(pictureId, "mail")).toBe(false);
        expect(await catalog.once(pictureId, "commit")).toBe(true);
        expect(await catalog.once(received().pictureId, "mail")).toBe(true);
      });
    });

    describe("listing", () => listingCases(setUp));
  });
