import { beforeEach, expect, it, onTestFinished } from "vitest";
import type { Catalog, Glance } from "../../../handlers/ports.ts";
import type { Picture, PictureIn } from "../../../handlers/record.ts";
import type { CatalogRig } from "./catalog.ts";
import { accepted, fresh, received } from "./records.ts";

/** Newest first, in pages. Every case has a catalog of its own. */
export function listingCases(setUp: () => Promise<CatalogRig>): void {
  let catalog: Catalog;
  beforeEach(async () => {
    const rig = await setUp();
    onTestFinished(rig.close);
    ({ catalog } = rig);
  });
  const at = (days: number, ms = 0) => new Date(Date.UTC(2026, 5, 15, 12) - days * day - ms).toISOString();
  const settle = async (times: readonly string[], more: (i: number) => Partial<PictureIn<"received">> = () => ({})) => {
    const added = times.map((enteredAt, i) => received({ enteredAt, ...more(i) }));
    for (const picture of added) await catalog.add(picture);
    return added;
  };
  /** Every page, checked to be no shorter than the limit before the last, and longer only for one millisecond. */
  const pages = async (limit: number, uploader?: string): Promise<Picture[]> => {
    const all: Picture[] = [];
    let next: string | undefined;
    for (let page = 0; page === 0 || next !== undefined; page++) {
      expect(page, "the listing comes to an end").toBeLessThan(100);
      const answer = await catalog.list({ limit, next, of: uploader === undefined ? undefined : { uploader } });
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
    const { pictureId } = received();
    await catalog.attempt(pictureId, "ingest");
    await catalog.once(pictureId, "mail");
    await catalog.claim(`hash of ${pictureId}`, pictureId);
    expect(await catalog.list({ limit: 5 })).toEqual({ pictures: [] });
  });

  it("gives whole records, as they stand now", async () => {
    const [one, two] = await settle([at(0, 1000), at(0, 2000)]);
    await catalog.move("received", accepted(one!, "ann"));
    expect((await catalog.list({ limit: 5 })).pictures).toEqual([accepted(one!, "ann"), two]);
  });

  it("skips and repeats no picture over days, gaps and midnights", async () => {
    const midnight = Date.parse(at(0.5));
    const around = [0, 1, -1, day, day + 1].map((ms) => new Date(midnight - ms).toISOString());
    const added = await settle([...around, at(0), at(0, 5), at(2), at(2, 7), at(9), at(20), at(20.2), at(20.3)]);
    await expectEvery(added, [1, 2, 3, 5, 13, 200]);
  });

  it("skips and repeats no picture of one moment", async () => {
    const times = [at(0, 1), ...Array(24).fill(at(0, 2)), at(0, 3), ...Array(6).fill(at(1)), at(1, 1)];
    await expectEvery(await settle(times), [1, 2, 3, 5, 24, 25, 32]);
  });

  it("skips no picture because the records are large", async () => {
    const words = "word ".repeat(12_000);
    const added = await settle(
      Array.from({ length: 40 }, (_, i) => at(0, i)),
      (i) => ({ name: words, pictureId: `0${fresh().slice(1)}-${i}` }),
    );
    await expectEvery(added, [40, 100]);
  });

  it("goes back as far as there are pictures", async () => {
    const added = await settle([at(0), at(29), at(32), at(400), at(9000)]);
    await expectEvery(added, [1, 2, 4, 5, 50]);
  });

  it("lists one person's alone, page by page, as they stand now", async () => {
    const whose = ["ann@example.com", undefined, "bob@example.com", "ann@example.com", "ann@example.co"];
    const times = [at(0), at(0, 1), at(0, 1), at(0, 1), at(0, 2), at(3), at(3), at(3), at(3), at(400)];
    const added = await settle(times, (i) => ({ uploader: whose[i % whose.length] }));
    const anns = added.filter(({ uploader }) => uploader === "ann@example.com").map(({ pictureId }) => pictureId);
    for (const limit of [1, 2, 3, 50]) {
      const listed = await pages(limit, "ann@example.com");
      expect(listed.map(({ pictureId }) => pictureId).sort(), `limit ${limit}`).toEqual([...anns].sort());
    }
    const { uploader: _, ...unnamed } = added[0]!;
    await catalog.move("received", accepted(unnamed, "-"));
    expect((await pages(50, "ann@example.com")).map(({ pictureId }) => pictureId)).not.toContain(added[0]!.pictureId);
    expect(await catalog.list({ limit: 5, of: { uploader: "nobody@example.com" } })).toEqual({ pictures: [] });
  });

  it("lists those in review alone, however many are newer, and only while they are", async () => {
    const added = await settle(Array.from({ length: 60 }, (_, i) => at(i)));
    const reason = { code: "UNSURE", sentence: "A person decides." };
    const waiting = [7, 30, 59].map(
      (i) => ({ ...accepted(added[i]!, "-"), status: "review", reason }) as unknown as PictureIn<"review">,
    );
    for (const picture of waiting) await catalog.move("received", picture);
    const of = { status: "review" } as const;
    const { pictures, next } = await catalog.list({ limit: 2, of });
    expect(pictures).toEqual(waiting.slice(0, 2));
    expect(await catalog.list({ limit: 2, next, of })).toEqual({ pictures: waiting.slice(2) });
    await catalog.move("review", accepted(added[7]!, "ann"));
    expect(await catalog.list({ limit: 5, of })).toEqual({ pictures: waiting.slice(1) });
  });

  it("tallies by status what entered since a moment", async () => {
    const added = await settle([at(0), at(1), at(2), at(31), at(31, 1), at(400)]);
    await catalog.move("received", accepted(added[1]!, "ann"));
    await catalog.attempt(added[0]!.pictureId, "ingest");
    const seen: Glance[] = [];
    expect(await catalog.tally(at(31), (one) => void seen.push(one))).toEqual({ received: 3, accepted: 1 });
    const glances = added.slice(0, 4).map(({ pictureId, name, changedAt }, index) => ({
      pictureId,
      name,
      changedAt,
      status: index === 1 ? "accepted" : "received",
    }));
    expect(seen.sort((a, b) => (a.pictureId < b.pictureId ? -1 : 1))).toEqual(
      glances.sort((a, b) => (a.pictureId < b.pictureId ? -1 : 1)),
    );
    expect(await catalog.tally(at(-1))).toEqual({});
  });

  it("begins with the newest when it is asked for what came before a day to come", async () => {
    const [newest] = await settle([at(0), at(1)]);
    const { pictures } = await catalog.list({ limit: 1, next: "9998-12-31T00:00:00.000Z" });
    expect(pictures).toEqual([newest]);
  });
}

const day = 24 * 3600_000;
