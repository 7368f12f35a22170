import { expect, it } from "vitest";
import type { Picture, PictureIn } from "../../../handlers/record.ts";
import type { CatalogRig } from "./catalog.ts";
import { accepted, fresh, received } from "./records.ts";

/** Newest first, in pages, a month back. */
export function listingCases(rig: () => CatalogRig): void {
  /** A time of its own for each case: a listing looks back no further than a month. */
  let year = 2000;
  const at = (days: number, ms = 0) => new Date(Date.UTC(year, 5, 15, 12) - days * day - ms).toISOString();
  const settle = async (times: readonly string[], more: (i: number) => Partial<Picture> = () => ({})) => {
    const added = times.map((enteredAt, i) => received({ enteredAt, ...more(i) } as Partial<PictureIn<"received">>));
    for (const picture of added) await rig().catalog.add(picture);
    return added;
  };
  const start = () => {
    year++;
    rig().clock.now = new Date(at(0));
  };
  /** Every page, checked to be no shorter than the limit before the last, and longer only for one millisecond. */
  const pages = async (limit: number): Promise<Picture[]> => {
    const all: Picture[] = [];
    let next: string | undefined;
    for (let page = 0; page === 0 || next !== undefined; page++) {
      expect(page, "the listing comes to an end").toBeLessThan(100);
      const answer = await rig().catalog.list({ limit, next });
      all.push(...answer.pictures);
      next = answer.next;
      if (next !== undefined) expect(answer.pictures.length).toBeGreaterThanOrEqual(limit);
      const beyond = answer.pictures.slice(limit - 1).map(({ enteredAt }) => enteredAt);
      expect(new Set(beyond).size, "only equal times go beyond the limit").toBeLessThanOrEqual(1);
    }
    return all;
  };
  const expectEvery = async (added: readonly Picture[], limits: readonly number[]) => {
    const newestFirst = added.map(({ enteredAt }) => enteredAt).sort((a, b) => (a < b ? 1 : -1));
    for (const limit of limits) {
      const all = await pages(limit);
      expect(all.map(({ pictureId }) => pictureId).sort(), `limit ${limit}`).toEqual(
        added.map(({ pictureId }) => pictureId).sort(),
      );
      expect(
        all.map(({ enteredAt }) => enteredAt),
        `limit ${limit}`,
      ).toEqual(newestFirst);
    }
  };

  it("is empty where there is nothing, whatever is beside the records", async () => {
    start();
    const { pictureId } = received();
    await rig().catalog.attempt(pictureId, "ingest");
    await rig().catalog.once(pictureId, "mail");
    await rig().catalog.claim(`hash of ${pictureId}`, pictureId);
    expect(await rig().catalog.list({ limit: 5 })).toEqual({ pictures: [] });
  });

  it("gives whole records, as they stand now", async () => {
    start();
    const [one, two] = await settle([at(0, 1000), at(0, 2000)]);
    await rig().catalog.move("received", accepted(one!, "ann"));
    expect((await rig().catalog.list({ limit: 5 })).pictures).toEqual([accepted(one!, "ann"), two]);
  });

  it("skips and repeats no picture over days, gaps and midnights", async () => {
    start();
    const midnight = Date.parse(at(0.5));
    const around = [0, 1, -1, day, day + 1].map((ms) => new Date(midnight - ms).toISOString());
    const added = await settle([...around, at(0), at(0, 5), at(2), at(2, 7), at(9), at(20), at(20.2), at(20.3)]);
    await expectEvery(added, [1, 2, 3, 5, 13, 200]);
  });

  it("skips and repeats no picture of one moment", async () => {
    start();
    const times = [at(0, 1), ...Array(24).fill(at(0, 2)), at(0, 3), ...Array(6).fill(at(1)), at(1, 1)];
    await expectEvery(await settle(times), [1, 2, 3, 5, 24, 25, 32]);
  });

  it("skips no picture because the records are large", async () => {
    start();
    const words = "word ".repeat(12_000);
    const added = await settle(
      Array.from({ length: 40 }, (_, i) => at(0, i)),
      (i) => ({ name: words, pictureId: `0${fresh().slice(1)}-${i}` }),
    );
    await expectEvery(added, [40, 100]);
  });

  it("looks back 31 days from now, on the first page and on the last", async () => {
    start();
    const added = await settle([at(0, 1), at(0.3), at(3.4), at(30.9), at(31, -60_000)]);
    await settle([at(33), at(60)]);
    await expectEvery(added, [1, 2, 4, 5, 50]);
  });
}

const day = 24 * 3600_000;
