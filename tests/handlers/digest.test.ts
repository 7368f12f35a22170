import { describe, expect, it } from "vitest";
import type { Mail } from "../../handlers/api/types.ts";
import { dayEnded } from "../../handlers/digest/day.ts";
import { createDigest, summaryOf } from "../../handlers/digest/digest.ts";
import { createSpread } from "../../handlers/digest/spread.ts";
import type { Picture } from "../../handlers/record.ts";
import { duplicate, inReview, published, rejected, standing, workingDay } from "../fixtures/day.ts";
import { memoryCatalog } from "../fixtures/memory-ports.ts";

const now = () => new Date("2026-11-23T06:00:00.000Z");
const day = dayEnded(now(), "Europe/Berlin");

async function catalogOf(pictures: readonly Picture[]) {
  const catalog = memoryCatalog();
  for (const picture of pictures) await catalog.add(picture);
  return catalog;
}

const summaryWith = async (...pictures: Picture[]) =>
  summaryOf({ catalog: await catalogOf(pictures), standings: async () => [], now }, day);

describe("a day's figures", () => {
  it("count what came in and went out within the day, beside the day before", async () => {
    const summary = await summaryWith(
      published({ enteredAt: "2026-11-21T23:00:00.000Z", source: "campaigns", bytes: 1000 }),
      published({ enteredAt: "2026-11-22T22:59:00.000Z", source: "campaigns", bytes: 500 }),
      duplicate({ enteredAt: "2026-11-22T12:00:00.000Z", source: "upload", bytes: 70 }),
      published({ enteredAt: "2026-11-21T12:00:00.000Z" }),
      published({ enteredAt: "2026-11-22T23:00:00.000Z" }),
    );
    expect(summary).toMatchObject({
      cameIn: { now: 3, before: 1 },
      published: { now: 2, before: 1 },
      duplicates: { now: 1, before: 0 },
      bytes: { now: 1570, before: 3_200_000 },
      sources: [
        { name: "campaigns", cameIn: 2, published: 2, bytes: 1500 },
        { name: "upload", cameIn: 1, published: 0, bytes: 70 },
      ],
    });
    expect(summary.hours).toHaveLength(24);
    expect(summary.hours[0]).toEqual({ clock: "00", cameIn: 1, published: 1 });
    expect(summary.hours[13]).toEqual({ clock: "13", cameIn: 1, published: 0 });
    expect(summary.hours[23]).toEqual({ clock: "23", cameIn: 1, published: 1 });
  });

  it("count a picture of the day before that was let out today as gone out today", async () => {
    const summary = await summaryWith(
      published({ enteredAt: "2026-11-21T12:00:00.000Z", publishedAt: "2026-11-22T09:00:00.000Z" }),
    );
    expect(summary).toMatchObject({ cameIn: { now: 0, before: 1 }, published: { now: 1, before: 0 } });
  });

  it("tell what compression saved, and nothing of it where nothing was published", async () => {
    const summary = await summaryWith(
      published({ enteredAt: "2026-11-22T12:00:00.000Z", bytesBefore: 800, bytesAfter: 200 }),
    );
    expect(summary).toMatchObject({ bytesBefore: 800, bytesAfter: 200, saved: 0.75 });
    expect((await summaryWith()).saved).toBeUndefined();
  });

  it("group rejections by code, the most frequent first", async () => {
    const enteredAt = "2026-11-22T12:00:00.000Z";
    const summary = await summaryWith(
      rejected({ enteredAt }, "EMPTY", "The file is empty."),
      rejected({ enteredAt }, "CORRUPT", "The file is damaged."),
      rejected({ enteredAt }, "CORRUPT", "The file is damaged."),
    );
    expect(summary.rejections).toEqual([
      { code: "CORRUPT", sentence: "The file is damaged.", count: 2 },
      { code: "EMPTY", sentence: "The file is empty.", count: 1 },
    ]);
  });

  it("call stuck what is at no end and was not moved for an hour; a reviewer's picture is not stuck", async () => {
    const summary = await summaryWith(
      standing({ enteredAt: "2026-11-22T12:00:00.000Z" }, "resized"),
      standing({ enteredAt: "2026-11-23T04:59:59.000Z" }, "resized"),
      standing({ enteredAt: "2026-11-21T12:00:00.000Z" }, "accepted"),
      standing({ enteredAt: "2026-11-23T05:00:00.000Z" }, "accepted"),
      inReview({ enteredAt: "2026-11-22T12:00:00.000Z" }),
      rejected({ enteredAt: "2026-11-22T12:00:00.000Z" }),
      duplicate({ enteredAt: "2026-11-22T12:00:00.000Z" }),
    );
    expect(summary.stuck).toEqual([
      { status: "resized", count: 2 },
      { status: "accepted", count: 1 },
    ]);
    expect(summary.stuckSince).toBe("2026-11-21T12:00:00.000Z");
    expect(summary.inReview).toBe(1);
  });

  it("name eight sources and add up the rest", async () => {
    const summary = await summaryWith(
      ...Array.from({ length: 10 }, (_, i) =>
        Array.from({ length: 12 - i }, () =>
          published({ enteredAt: "2026-11-22T12:00:00.000Z", source: `source-${i}`, bytes: 10 }),
        ),
      ).flat(),
    );
    expect(summary.sources.map(({ name }) => name)).toEqual(Array.from({ length: 8 }, (_, i) => `source-${i}`));
    expect(summary.otherSources).toEqual({ names: 2, cameIn: 7, published: 7, bytes: 70 });
  });

  it("give each step's median and 95th percentile in the order of a picture's way", async () => {
    const { actors } = await summaryWith(
      ...Array.from({ length: 100 }, (_, i) => {
        const enteredAt = "2026-11-22T12:00:00.000Z";
        const timing = (ms: number) => ({ startedAt: enteredAt, endedAt: enteredAt, ms });
        return published({ enteredAt, timings: { publish: timing(5), ingest: timing((i + 1) * 10) } });
      }),
    );
    expect(actors.map(({ actor }) => actor)).toEqual(["ingest", "publish"]);
    expect(Math.abs(actors[0]!.median / 500 - 1)).toBeLessThan(0.011);
    expect(Math.abs(actors[0]!.p95 / 950 - 1)).toBeLessThan(0.011);
  });

  it("do not read further back than the day before", async () => {
    const catalog = await catalogOf([...workingDay("2026-11-20T23:00:00Z"), ...workingDay("2026-11-10T23:00:00Z", 3)]);
    let read = 0;
    const list: typeof catalog.list = async (options) => {
      const page = await catalog.list(options);
      read += page.pictures.length;
      return page;
    };
    await summaryOf({ catalog: { list }, standings: async () => [], now }, day);
    expect(read).toBeLessThan(1100);
  });

  it("tell which sources are in trouble, and what was paid for the day", async () => {
    const asked: unknown[] = [];
    const summary = await summaryOf(
      {
        catalog: await catalogOf([]),
        standings: async () => [
          { name: "well" },
          {
            name: "studio",
            trouble: {
              code: "AUTH",
              sentence: "Authorise it again.",
              since: "2026-11-22T14:05:00.000Z",
              needsPerson: true,
            },
          },
        ],
        costs: async (day) => {
          asked.push(day);
          const inMonth = { month: "2026-11", dollars: 40, stopped: false };
          return [
            { provider: "rekognition", calls: 214, dollars: 0.21, inMonth },
            { provider: "tinify", calls: 4120, dollars: 37.08, inMonth },
          ];
        },
        now,
      },
      day,
    );
    expect(summary.troubles).toEqual([
      { source: "studio", sentence: "Authorise it again.", since: "2026-11-22T14:05:00.000Z" },
    ]);
    expect(asked).toEqual([day]);
    expect(summary.costs?.map(({ provider }) => provider)).toEqual(["tinify", "rekognition"]);
  });
});

describe("a spread", () => {
  it("holds its quantiles to within 1 % from a millisecond to a day, and none is 0", () => {
    const spread = createSpread();
    expect(spread.quantile(0.5)).toBe(0);
    for (let ms = 1; ms < 86_400_000; ms = Math.ceil(ms * 1.3)) {
      const one = createSpread();
      one.add(ms);
      expect(Math.abs(one.quantile(0.95) / ms - 1)).toBeLessThan(0.0101);
    }
  });
});

const last = { day: "last" } as const;

describe("mailing", () => {
  async function digestOf(to: readonly string[], fails: (mail: Mail) => boolean = () => false) {
    const claims = new Set<string>();
    const mails: Mail[] = [];
    const lines: string[] = [];
    const digest = createDigest({
      catalog: await catalogOf(workingDay("2026-11-21T23:00:00Z", 0.05)),
      standings: async () => [],
      send: async (mail) => {
        if (fails(mail)) throw Object.assign(new Error(`Not verified: ${mail.to}.`), { name: "MessageRejected" });
        mails.push(mail);
      },
      claim: async (effect) => !claims.has(effect) && Boolean(claims.add(effect)),
      release: async (effect) => void claims.delete(effect),
      now,
      log: (outcome, details) => void lines.push(`${outcome} ${JSON.stringify(details)}`),
      to,
      timeZone: "Europe/Berlin",
      environment: "prod",
      siteUrl: "https://pictures.example.com",
    });
    return { digest, claims, mails, lines };
  }

  it("mails everybody once, however often and however close together it is woken", async () => {
    const { digest, mails } = await digestOf(["ops@example.com", "ana@example.com"]);
    await Promise.all([digest(last), digest(last)]);
    await digest(last);
    expect(mails.map(({ to }) => to).sort()).toEqual(["ana@example.com", "ops@example.com"]);
  });

  it("mails again when it is asked to, once for each time it was asked", async () => {
    const { digest, mails } = await digestOf(["ops@example.com"]);
    await digest(last);
    const asked = { ...last, asked: "7c1e" };
    await digest(asked);
    await digest(asked);
    expect(mails).toHaveLength(2);
    await digest({ ...last, asked: "90ab" });
    expect(mails).toHaveLength(3);
  });

  it("mails the others when one cannot be reached, fails, and mails only that one at the next try", async () => {
    let down = true;
    const { digest, mails } = await digestOf(
      ["ops@example.com", "ana@example.com"],
      ({ to }) => down && to.startsWith("ops"),
    );
    await expect(digest(last)).rejects.toThrow(/^NOT_MAILED: /);
    expect(mails.map(({ to }) => to)).toEqual(["ana@example.com"]);
    down = false;
    await digest(last);
    expect(mails.map(({ to }) => to)).toEqual(["ana@example.com", "ops@example.com"]);
  });

  it("frees the day again when the figures cannot be read", async () => {
    const claims = new Set<string>();
    const broken = createDigest({
      ...(await depsFor(claims)),
      standings: async () => {
        throw new Error("the table is gone");
      },
    });
    await expect(broken(last)).rejects.toThrow("the table is gone");
    expect([...claims]).toEqual([]);
  });

  it("mails the day so far when it is asked for, which is not the day's own mail", async () => {
    const { digest, mails } = await digestOf(["ops@example.com"]);
    await digest({ day: "today", asked: "7c1e" });
    await digest(last);
    expect(mails.map(({ subject }) => subject.split(":")[0])).toEqual([
      "Darkroom prod, Monday 23 November until 07",
      "Darkroom prod, Sunday 22 November",
    ]);
  });

  it("keeps addresses out of the log, out of what it fails with, and out of what it claims", async () => {
    const failing = await digestOf(["ops@example.com"], () => true);
    const failed = await failing.digest(last).catch((error: Error) => error);
    expect(String(failed)).toContain("NOT_MAILED");
    expect(failing.lines[0]).toMatch(/^not mailed .*"error":"MessageRejected","because":"Not verified: …"/);
    expect([failed, ...failing.lines].join()).not.toContain("ops@");

    const { digest, claims, lines } = await digestOf(["ops@example.com"]);
    await digest(last);
    expect(claims.size).toBe(1);
    expect([...claims, ...lines].join()).not.toContain("ops@");
    expect([...claims][0]).toMatch(/^digest#2026-11-22#[0-9a-f]{16}$/);
  });
});

const depsFor = async (claims: Set<string>) => ({
  catalog: await catalogOf([]),
  send: async () => {},
  claim: async (effect: string) => Boolean(claims.add(effect)),
  release: async (effect: string) => void claims.delete(effect),
  now,
  log: () => {},
  to: ["ops@example.com"],
  timeZone: "Europe/Berlin",
  environment: "prod",
  siteUrl: "https://pictures.example.com",
});
