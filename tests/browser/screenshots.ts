import { join } from "node:path";
import type { BrowserContextOptions, Page } from "playwright-core";
import sharp from "sharp";
import { makePhoto } from "../fixtures/photos.ts";
import { root, scratchDir, startProcess } from "../host/harness.ts";
import { arrive } from "./arrive.ts";
import { launchChromium } from "./chromium.ts";

/** Makes the pictures of the pages that the README and docs/ show: `npm run screenshots`. */
const reviewer = "reviewer@darkroom.example";
const desk: BrowserContextOptions = { viewport: { width: 1120, height: 900 }, deviceScaleFactor: 1.5 };
const phone: BrowserContextOptions = {
  viewport: { width: 360, height: 780 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
  colorScheme: "dark",
};

const balloons = await makePhoto({ width: 3000, height: 2000, seed: 12 });
const photos = [
  { name: "balloons.jpg", buffer: balloons },
  { name: "from the phone.jpg", buffer: await makePhoto({ width: 2000, height: 2600, seed: 5, orientation: 6 }) },
  {
    name: "cut off on the way.jpg",
    buffer: (await makePhoto({ width: 900, height: 600, seed: 7 })).subarray(0, 20_000),
  },
  // Without colour, the moderator is not trusted: a person decides.
  { name: "archive print.jpg", buffer: await sharp(balloons).resize(1200).grayscale().jpeg().toBuffer() },
].map((photo) => ({ ...photo, mimeType: "image/jpeg" }));

const scratch = await scratchDir();
const host = await startProcess(join(scratch.dir, "data"));
const browser = await launchChromium();
try {
  const page = await (await browser.newContext(desk)).newPage();
  await page.goto(host.url);
  await page.getByLabel("Your e-mail address").waitFor();
  await shoot(page, "page-sign-in");
  await arrive(page, host.url, reviewer);
  await page.setInputFiles("#files", photos);
  const chip = (name: string, label: string) =>
    page.locator(".card", { hasText: name }).locator(".chip", { hasText: label }).waitFor({ timeout: 180_000 });
  await chip("balloons", "Published");
  await chip("from the phone", "Published");
  await chip("archive print", "In review");
  await page.waitForLoadState("networkidle").catch(() => {});
  await shoot(page, "page");
  await page.locator(".card", { hasText: "balloons" }).getByRole("button", { name: "Markup and files" }).click();
  await page.getByRole("slider").waitFor();
  await page.locator(".card", { hasText: "balloons" }).evaluate((card) => card.scrollIntoView());
  await shoot(page, "page-compare");
  await page.goto(`${host.url}/review.html`);
  await page.locator(".case").waitFor();
  await shoot(page, "page-review");
  await page.goto(`${host.url}/mailbox`);
  await page.getByText(reviewer).first().waitFor();
  await shoot(page, "page-mailbox");

  await page.goto(`${host.url}/metrics?range=1h`);
  await page.locator(".plot").first().waitFor();
  await shoot(page, "metrics");

  const small = await (await browser.newContext(phone)).newPage();
  await arrive(small, host.url, reviewer);
  await small.getByText("balloons.jpg").waitFor();
  await shoot(small, "page-phone");
} finally {
  await browser.close();
  await host.stop();
  await scratch.remove();
}

async function shoot(page: Page, name: string) {
  // Pictures develop over their placeholders.
  await page.waitForTimeout(1500);
  const file = join(root, "docs", `${name}.png`);
  // 256 colours are enough to show the page, at a third of the bytes.
  await sharp(await page.screenshot())
    .png({ palette: true, effort: 10 })
    .toFile(file);
  console.log(file);
}
