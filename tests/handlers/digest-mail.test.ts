import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { newBacklog } from "../../handlers/digest/backlog.ts";
import { dayBefore, dayEnded } from "../../handlers/digest/day.ts";
import { bars, dark, light } from "../../handlers/digest/look.ts";
import { render } from "../../handlers/digest/render.ts";
import { type Cost, summarise } from "../../handlers/digest/summary.ts";
import { count, newTally } from "../../handlers/digest/tally.ts";
import type { Picture } from "../../handlers/record.ts";
import { published, rejected, workingDay } from "../fixtures/day.ts";

const day = dayEnded(new Date("2026-11-23T06:00:00.000Z"), "Europe/Berlin");
const where = { siteUrl: "https://pictures.example.com", environment: "prod" };

function mailOf(
  pictures: readonly Picture[],
  more: { costs?: readonly Cost[]; stuck?: number; trouble?: string } = {},
) {
  const [today, before, backlog] = [newTally(day), newTally(dayBefore(day)), newBacklog()];
  for (const picture of pictures) for (const tally of [today, before]) count(tally, picture);
  if (more.stuck) backlog.stuck.set("resized", more.stuck);
  if (more.stuck) backlog.stuckSince = "2026-11-22T13:05:00.000Z";
  const since = "2026-11-22T14:05:00.000Z";
  const standings = more.trouble
    ? [{ name: "studio", trouble: { code: "AUTH" as const, sentence: more.trouble, since, needsPerson: true } }]
    : [];
  return render(summarise({ today, before, backlog, standings, costs: more.costs }), where);
}

const tinify: Cost = {
  provider: "tinify",
  calls: 4120,
  dollars: 37.08,
  inMonth: { month: "2026-11", dollars: 119.99, budget: 120, stopped: true },
};

describe("the digest's mail", () => {
  it("says the day in its subject", async () => {
    const enteredAt = "2026-11-22T12:00:00.000Z";
    const busy = await mailOf([published({ enteredAt }), published({ enteredAt }), rejected({ enteredAt })]);
    expect(busy.subject).toBe("Darkroom prod, Sunday 22 November: 3 in, 2 out");
    const troubled = await mailOf([], { stuck: 3, trouble: "Authorise it again." });
    expect(troubled.subject).toBe("Darkroom prod, Sunday 22 November: a quiet day, 2 to see to");
  });

  it("says the same in text as in HTML", async () => {
    const { html, text } = await mailOf(
      [...workingDay("2026-11-21T23:00:00Z"), ...workingDay("2026-11-20T23:00:00Z", 0.8)],
      { costs: [tinify], stuck: 3, trouble: "Authorise it again." },
    );
    const shown = html.replace(/<style>.*?<\/style>|<[^>]+>/gs, " ").replace(/\s+/g, " ");
    const told = text.replace(/\s+/g, " ");
    for (const words of [
      "Sunday 22 November",
      "since 22 Nov, 15:05: Authorise it again.",
      "3 pictures stand still, the longest since 22 Nov, 14:05: 3 before compression.",
      "day on day",
      "campaigns",
      "TOO_LARGE",
      "Such as: The file has 61 MB and at most 50 are taken.",
      "95 % within",
      "$37.08",
      "November: $119.99 of $120.00",
      "The budget of $120.00 for tinify in November is spent",
    ]) {
      expect(shown).toContain(words);
      expect(told).toContain(words);
    }
  });

  it("fits a terminal of 72 columns", async () => {
    const { text } = await mailOf(workingDay("2026-11-21T23:00:00Z"), { stuck: 3, trouble: "A sentence. ".repeat(20) });
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(72);
  });

  it("reads well after a day on which nothing happened, without chart or tables", async () => {
    const { text, html, images } = await mailOf([]);
    expect(text).toBe(
      "DARKROOM · prod\nSunday 22 November\n\nA quiet day: nothing came in, and nothing went out.\n\nhttps://pictures.example.com\n",
    );
    expect(images).toBeUndefined();
    expect(html).not.toContain("<img");
    expect(html).not.toContain("<th");
  });

  it("shows one picture as one, and names nobody and no file", async () => {
    const { text, html } = await mailOf([published({ enteredAt: "2026-11-22T12:00:00.000Z" })]);
    expect(text).toContain("1 picture came in and 1 went out.");
    expect(text + html).not.toMatch(/ana@|harbour/);
  });

  it("keeps what comes from outside from becoming markup", async () => {
    const enteredAt = "2026-11-22T12:00:00.000Z";
    const { html } = await mailOf([
      published({ enteredAt, source: "<img src=x>" }),
      rejected({ enteredAt }, "ODD", "<b>bold</b> & so on"),
    ]);
    expect(html).not.toMatch(/<img src=x|<b>bold/);
    expect(html).toContain("&lt;img src=x&gt;");
  });

  it("asks nothing of the network: its one image travels along", async () => {
    const { html, images } = await mailOf(workingDay("2026-11-21T23:00:00Z"));
    expect(images).toHaveLength(1);
    expect([...html.matchAll(/(?:src|url)[=(]"?([^")]+)/g)].map(([, at]) => at)).toEqual([`cid:${images![0]!.cid}`]);
    expect(html).not.toMatch(/<link|<script|@import/);
  });
});

describe("the chart", () => {
  it("is drawn at twice its size, on nothing, in two colours", async () => {
    const { images } = await mailOf([
      published({ enteredAt: "2026-11-22T12:00:00.000Z" }),
      rejected({ enteredAt: "2026-11-22T14:00:00.000Z" }),
    ]);
    const { data, info } = await sharp(images![0]!.png).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
    expect(info).toMatchObject({ width: 1072, height: 240 });
    const colourAt = (x: number, y: number) => [...data.subarray((y * 1072 + x) * 4, (y * 1072 + x) * 4 + 4)];
    const hour = 1072 / 24;
    expect(colourAt(10, 100)[3]).toBe(0);
    expect(colourAt(Math.round(13 * hour + 14), 100)).toEqual([...rgb(bars.cameIn), 255]);
    expect(colourAt(Math.round(13 * hour + 34), 100)).toEqual([...rgb(bars.published), 255]);
    // Came in, and did not go out.
    expect(colourAt(Math.round(15 * hour + 14), 100)).toEqual([...rgb(bars.cameIn), 255]);
    expect(colourAt(Math.round(15 * hour + 34), 100)[3]).toBe(0);
  });

  it("stands out on the light surface and on the dark one, by 3 to 1", () => {
    for (const bar of Object.values(bars))
      for (const { surface } of [light, dark]) expect(contrast(bar, surface)).toBeGreaterThanOrEqual(3);
  });
});

it("writes every colour of words 4.5 to 1 on what it lies on, light and dark", () => {
  for (const look of [light, dark])
    for (const [word, ground] of [
      ["text", "surface"],
      ["muted", "surface"],
      ["muted", "bg"],
      ["accent", "surface"],
      ["ask", "askSoft"],
      ["text", "askSoft"],
    ] as const)
      expect(contrast(look[word], look[ground]), `${word} on ${ground}`).toBeGreaterThanOrEqual(4.5);
});

const rgb = (hex: string) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));

/** WCAG's contrast ratio. */
function contrast(one: string, other: string): number {
  const luminance = (hex: string) => {
    const [r, g, b] = rgb(hex).map((value) =>
      value / 255 <= 0.04045 ? value / 3294.6 : ((value / 255 + 0.055) / 1.055) ** 2.4,
    );
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
  };
  const [a, b] = [luminance(one), luminance(other)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}
