import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { metricsRig } from "../metrics/rig.ts";
import { seriousFindings } from "./axe.ts";
import { chromiumPath, launchChromium } from "./chromium.ts";

const named = chromiumPath ? "the metrics page" : "the metrics page (skipped: no Chromium here)";
describe.skipIf(!chromiumPath)(named, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  async function open(options: BrowserContextOptions = {}) {
    const rig = await metricsRig();
    for (const ms of [80, 200, 1200]) rig.log({ message: "published", actor: "publish", ms });
    rig.log({ message: "rejected", actor: "compress", ms: 30, reason: "NOT_AN_IMAGE" });
    rig.invoke(false);
    const context = await browser.newContext(options);
    onTestFinished(() => context.close());
    const page = await context.newPage();
    await page.goto(rig.url);
    return { ...rig, page };
  }
  const value = (page: Page) => page.locator(".numbers dd").first();

  it.each(["light", "dark"] as const)("has nothing that keeps people out, in the %s", async (colorScheme) => {
    const { page, url } = await open({ colorScheme });
    await page.locator("summary").first().click();
    expect(await seriousFindings(page)).toEqual([]);
    await page.goto(`${url}/all`);
    expect(await seriousFindings(page)).toEqual([]);
  });

  it.each(["", "/all"])("fits a phone: %s", async (path) => {
    const { page, url } = await open({ viewport: { width: 360, height: 780 } });
    await page.goto(url + path);
    await page.locator("summary").first().click();
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(360);
  });

  it("shows what is new by itself, and keeps open what was opened, with the focus on it", async () => {
    const { page, log } = await open();
    await page.locator("summary").first().focus();
    await page.keyboard.press("Enter");
    log({ message: "published", actor: "publish", ms: 90 });
    await expect.poll(() => value(page).textContent(), { timeout: 15_000 }).toBe("4");
    expect(await page.locator("details").first().getAttribute("open")).toBe("");
    expect(await page.evaluate("document.activeElement.tagName")).toBe("SUMMARY");
  });

  it("stands still when it is told to", async () => {
    const { page, log } = await open();
    await page.getByRole("button", { name: "Pause" }).click();
    log({ message: "published", actor: "publish", ms: 90 });
    await page.waitForTimeout(6000);
    expect(await value(page).textContent()).toBe("3");
    await page.getByRole("button", { name: "Go on" }).click();
    await expect.poll(() => value(page).textContent(), { timeout: 15_000 }).toBe("4");
  });

  it("reads without JavaScript", async () => {
    const { page } = await open({ javaScriptEnabled: false });
    expect(await value(page).textContent()).toBe("3");
  });
});
