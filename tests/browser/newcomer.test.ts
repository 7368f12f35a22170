import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makePhoto } from "../fixtures/photos.ts";
import { type RunningHost, scratchDir, startProcess } from "../host/harness.ts";
import { arrive } from "./arrive.ts";
import { seriousFindings } from "./axe.ts";
import { chromiumPath, launchChromium } from "./chromium.ts";
import { dropOn } from "./rig.ts";

const title = "a newcomer at npm start";
const named = chromiumPath ? title : `${title} (skipped: no Chromium here; install it or name it in CHROMIUM)`;

describe.skipIf(!chromiumPath)(named, { timeout: 240_000 }, () => {
  let scratch: Awaited<ReturnType<typeof scratchDir>>;
  let host: RunningHost;
  let browser: Browser;

  beforeAll(async () => {
    scratch = await scratchDir();
    host = await startProcess(join(scratch.dir, "data"));
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await host?.stop();
    await scratch?.remove();
  });

  async function newPage(email: string, options: BrowserContextOptions = {}): Promise<Page> {
    const page = await (await browser.newContext(options)).newPage();
    page.setDefaultTimeout(60_000);
    await arrive(page, host.url, email);
    return page;
  }

  const card = (page: Page, name: string) => page.locator(".card", { hasText: name });
  const reaches = (page: Page, name: string, chip: string) =>
    card(page, name).locator(".chip", { hasText: chip }).waitFor({ timeout: 180_000 });

  async function sixPhotos(seed: number) {
    const photos = await Promise.all(
      [1, 2, 3, 4, 5].map(async (at) => ({
        name: `photo ${at}.jpg`,
        bytes: await makePhoto({ width: 900, height: 600, seed: seed + at }),
      })),
    );
    const cut = (await makePhoto({ width: 900, height: 600, seed })).subarray(0, 40_000);
    return [...photos, { name: "cut off.jpg", bytes: cut }];
  }

  it.each([
    ["at a desk", { viewport: { width: 1120, height: 900 } }, 100],
    ["with a phone", { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true }, 200],
  ])("sends five photos and a broken one %s, and learns what became of each", async (_, options, seed) => {
    const page = await newPage(`newcomer${seed}@example.com`, options);
    await dropOn(page, await sixPhotos(seed));
    for (const at of [1, 2, 3, 4, 5]) await reaches(page, `photo ${at}.jpg`, "Published");
    await reaches(page, "cut off.jpg", "Refused");
    expect(await card(page, "cut off.jpg").locator(".reason").textContent()).toMatch(/ends too early.*TRUNCATED/);
    await card(page, "photo 1.jpg").getByRole("button", { name: "Markup and files" }).click();
    expect(await card(page, "photo 1.jpg").locator("pre").textContent()).toContain("<picture>");
    await card(page, "photo 1.jpg").locator(".preview-over img.developed").waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(options.viewport.width);
    await page.context().close();
  });

  it("loses the network in the middle of an upload, and goes on when it is back", async () => {
    const page = await newPage("traveller@example.com");
    const line = await page.context().newCDPSession(page);
    await line.send("Network.enable");
    const throttle = (offline: boolean, uploadThroughput: number) =>
      line.send("Network.emulateNetworkConditions", { offline, latency: 0, downloadThroughput: -1, uploadThroughput });
    // Noise, so that it is over 16 MiB and goes in parts.
    const noise = await sharp(randomBytes(2500 * 2500 * 3), { raw: { width: 2500, height: 2500, channels: 3 } })
      .png({ compressionLevel: 0 })
      .toBuffer();
    await throttle(false, 4_000_000);
    await page.setInputFiles("#files", [{ name: "far away.png", mimeType: "image/png", buffer: noise }]);
    await expect
      .poll(() => card(page, "far away").locator(".share").textContent(), { timeout: 60_000 })
      .toMatch(/^[5-9]\d/);
    await throttle(true, 0);
    await card(page, "far away").getByText("Goes when the network is back.").waitFor();
    await throttle(false, -1);
    await expect
      .poll(() => card(page, "far away").locator(".chip").textContent(), { timeout: 180_000 })
      .toMatch(/Published|In review/);
    expect(await page.locator(".card").count()).toBe(1);
    await page.context().close();
  });

  it.each(["light", "dark"] as const)("can read the mailbox whoever they are (%s)", async (colorScheme) => {
    const page = await (await browser.newContext({ colorScheme })).newPage();
    await page.goto(`${host.url}/mailbox`);
    await page.getByText("@example.com").first().waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await page.context().close();
  });
});
