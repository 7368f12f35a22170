import { expect, it } from "vitest";
import { scene } from "../fixtures/scenes.ts";
import { reviewer } from "./fake-front.ts";
import { describePage } from "./rig.ts";

describePage("the review page", (rig) => {
  async function open(...names: string[]) {
    const { front, open } = rig();
    for (const [at, name] of names.entries())
      front.take(`portrait ${name}.jpg`, await scene({ seed: at, width: 400, height: 300 }));
    await expect.poll(() => front.waiting()).toBe(names.length);
    const page = await open({}, reviewer, "/review.html");
    return { front, page, one: (name: string) => page.locator(".case", { hasText: name }) };
  }

  it("covers a picture until somebody wants to see it", async () => {
    const { page, one } = await open("a");
    await page.waitForFunction(() => document.querySelector<HTMLImageElement>(".case img")?.complete);
    const filter = () =>
      one("a")
        .locator("img")
        .evaluate((image) => getComputedStyle(image).filter);
    expect(await filter()).toContain("blur");
    await one("a").getByRole("button", { name: "Show", exact: true }).click();
    await expect.poll(filter).toBe("none");
    expect(await one("a").textContent()).toContain("nudity confidence 52");
  });

  it("takes decisions by keyboard, never a rejection without a reason, and writes the trail", async () => {
    const { front, page, one } = await open("a", "b", "c");
    const names = await page.locator(".case .name").allTextContents();
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    expect(await one(names[1]!).evaluate((card) => card === document.activeElement)).toBe(true);
    await page.keyboard.press("k");
    await page.keyboard.press("a");
    await one(names[0]!).waitFor({ state: "detached" });
    expect(await one(names[1]!).evaluate((card) => card === document.activeElement)).toBe(true);

    await page.keyboard.press("r");
    await page.keyboard.press("Enter");
    expect(front.decisions.length).toBe(1);
    await page.keyboard.type("Not ours, jar and all.");
    await page.keyboard.press("Enter");
    await one(names[1]!).waitFor({ state: "detached" });
    expect(front.decisions.map(({ verdict, reason, name }) => ({ verdict, reason, name }))).toEqual([
      { verdict: "reject", reason: "Not ours, jar and all.", name: names[1] },
      { verdict: "accept", reason: "", name: names[0] },
    ]);
    const rows = page.locator("#decisions tbody tr");
    await expect.poll(() => rows.count()).toBe(2);
    expect(await rows.first().textContent()).toMatch(/Rejected.*Not ours.*reviewer@/);
  });

  it("shows all that wait, however many lists that takes", async () => {
    const { front, page, one } = await open("a", "b", "c", "d", "e", "f", "g");
    await expect.poll(() => page.locator(".case").count()).toBe(7);
    await one("portrait a").getByRole("button", { name: "Accept" }).click();
    await one("portrait a").waitFor({ state: "detached" });
    await expect.poll(() => front.waiting()).toBe(6);
    expect(await page.locator(".case").count()).toBe(6);
  });

  it("offers reasons, and rejects with one of them", async () => {
    const { front, one } = await open("a");
    await one("a").getByRole("button", { name: "Not ours to publish." }).click();
    await one("a").getByRole("button", { name: "Reject" }).click();
    await one("a").waitFor({ state: "detached" });
    expect(front.decisions[0]?.reason).toBe("Not ours to publish.");
  });

  it("tells how the sources stand", async () => {
    const { front, open } = rig();
    const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
    const well = { lastPollAt: ago(2), lastWellAt: ago(2), cursorMovedAt: ago(180), nextPollAt: ago(-3) };
    front.sources.push(
      {
        name: "campaigns",
        kind: "dropbox",
        every: "5 minutes",
        taken: 412,
        skipped: { "too-large": 3 },
        failed: 1,
        ...well,
      },
      {
        name: "studio",
        kind: "azure-blob",
        every: "1 hour",
        taken: 0,
        skipped: {},
        failed: 0,
        lastPollAt: ago(1),
        trouble: { code: "AUTH", sentence: "Authorise it again.", since: ago(90), needsPerson: true },
      },
    );
    const page = await open({}, reviewer, "/review.html");
    await page.locator(".source").first().waitFor();
    const [campaigns, studio] = await page.locator(".source").allTextContents();
    expect(campaigns).toMatch(
      /campaigns.*Well.*dropbox · every 5 minutes.*412 files.*3 too-large.*1 file.*2.min ago.*3.h ago/,
    );
    expect(studio).toMatch(/studio.*Needs you.*Authorise it again\. AUTH since/);
  });

  it("is not for senders", async () => {
    const { open } = rig();
    const page = await open({}, "somebody@darkroom.example", "/").then(async (page) => {
      await page.goto(page.url().replace(/\/$/, "/review.html"));
      return page;
    });
    await page.getByText("This page is for reviewers.").waitFor();
    expect(await page.locator("#desk").isVisible()).toBe(false);
  });
});
