import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Asked, billOf, sumOf } from "../../cli/cost/bill.ts";
import { prices } from "../../cli/cost/prices.ts";
import { savingsOf } from "../../cli/cost/savings.ts";
import { settingsSchema } from "../../settings-schema.ts";
import { darkroom, scratch } from "./command.ts";

const asked: Asked = { pictures: 1000, megapixels: 12, views: 0, unsure: 0.1, duplicates: 0 };
const bill = (config: object = {}, how: Partial<Asked> = {}) =>
  billOf(settingsSchema.parse(config), { ...asked, ...how });
const of = (lines: ReturnType<typeof bill>["once"], group: string) => lines.filter((line) => line.group === group);

describe("the bill", () => {
  it("is each quantity at its price, and twice as much for twice the pictures", () => {
    const { once, monthly } = bill({ archive: { class: "GLACIER" } }, { views: 3 });
    for (const { quantity, price, dollars } of [...once, ...monthly])
      expect(dollars).toBeCloseTo(quantity * prices[price as keyof typeof prices].dollars, 10);
    expect(sumOf(bill({}, { pictures: 2000 }).once)).toBeCloseTo(2 * sumOf(bill().once), 8);
  });

  it("has a PUT for each rendition, one to arrive, one copy and two tars", () => {
    const puts = (config: object) => bill(config).once.find(({ price }) => price === "s3Put")!.quantity / 1000;
    expect(puts({})).toBe(15 + 4);
    expect(puts({ renditions: { formats: ["jpeg"] } })).toBe(7 + 4);
  });

  it("takes what a moderator and tinify cost from the stack's own prices", () => {
    const own = { prices: { rekognition: 0.002, tinify: 0.01 } };
    expect(of(bill().once, "Moderation")).toEqual([]);
    const first = bill({ ...own, moderation: { screen: "rekognition" } }).once;
    expect(sumOf(of(first, "Moderation"))).toBeCloseTo(2);
    const second = bill({ ...own, moderation: { escalate: "rekognition" } }).once;
    expect(sumOf(of(second, "Moderation"))).toBeCloseTo(0.2);
    const tinify = bill({ ...own, compression: { kind: "tinify" }, tinifyKey: "key" }).once;
    expect(sumOf(of(tinify, "Compression"))).toBeCloseTo(150);
  });

  it("ends a duplicate with ingest", () => {
    const [all, half] = [bill(), bill({}, { duplicates: 0.5 })];
    const seconds = ({ once }: typeof all, step: string) =>
      once.find(({ group, item }) => group === "Lambda" && item.startsWith(step))!.quantity;
    expect(seconds(half, "ingest")).toBe(seconds(all, "ingest"));
    expect(seconds(half, "publish")).toBe(seconds(all, "publish") / 2);
  });

  it("pays the archive's class instead of originals that lie about", () => {
    const [plain, cold] = [bill(), bill({ archive: { afterDays: 30, class: "DEEP_ARCHIVE" } })];
    const originals = (lines: typeof plain.monthly) => lines.find(({ item }) => item.startsWith("originals"))!;
    expect(originals(cold.monthly).quantity).toBe(originals(plain.monthly).quantity);
    expect(originals(cold.monthly).dollars).toBeLessThan(originals(plain.monthly).dollars / 20);
    expect(of(cold.once, "Archive")).toHaveLength(1);
  });
});

it("asking the cheap moderator first saves what the dear one is not asked", () => {
  const [first] = savingsOf(settingsSchema.parse({}), asked);
  expect(first!.dollars).toBeCloseTo(1000 * 0.001 * 0.9);
});

it("each price has its page, and says where it was read", () => {
  for (const { dollars, source, seen, at } of Object.values(prices)) {
    expect(dollars).toBeGreaterThan(0);
    expect(source).toMatch(/^https:\/\/aws\.amazon\.com\//);
    expect(["vendor", "elsewhere", "unverified"]).toContain(seen);
    expect(at).toMatch(/^\d{4}-\d\d-\d\d$/);
  }
});

describe("darkroom cost", () => {
  it("reads a stack's file as the stack does, with encrypted values in it", async () => {
    const file = join(await scratch(), "Pulumi.test.yaml");
    await writeFile(
      file,
      'config:\n  aws:region: eu-west-1\n  darkroom:compression: { kind: tinify }\n  darkroom:tinifyKey: { secure: "v1:abc" }\n',
    );
    const { code, stdout } = await darkroom(["cost", "--settings", file, "--pictures", "1000"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Compression: tinify, a call a rendition +135\.00/);
    expect(stdout).toContain("Not verified on any page:");
  });

  it("names what in the file is no setting", async () => {
    const file = join(await scratch(), "Pulumi.test.yaml");
    await writeFile(file, "config:\n  darkroom:renditions: { widths: [3] }\n");
    const { code, stderr } = await darkroom(["cost", "--settings", file]);
    expect(code).toBe(2);
    expect(stderr).toContain("BAD_SETTINGS");
    expect(stderr).toContain("darkroom:renditions.widths.0");
  });

  it.each([
    ["UNREADABLE", ["--settings", "no-such.yaml"]],
    ["USAGE", ["--pictures", "0"]],
    ["USAGE", ["--unsure", "101"]],
  ])("answers %s to %j", async (error, flags) => {
    const ran = await darkroom(["cost", ...flags, "--json"]);
    expect(ran.code).toBe(2);
    expect(ran.json<{ error: { code: string } }>().error.code).toBe(error);
  });

  it("gives all of it as JSON, with the source of each price", async () => {
    const {
      once,
      monthly,
      prices: said,
    } = (await darkroom(["cost", "--json"])).json<ReturnType<typeof bill> & { prices: typeof prices }>();
    for (const { price } of [...once, ...monthly]) expect(said[price as keyof typeof prices].source).toMatch(/^https:/);
  });
});
