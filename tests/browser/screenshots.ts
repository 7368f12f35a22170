import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makePhoto } from "../fixtures/photos.ts";
import { darkroom, root, scratchDir, startProcess } from "../host/harness.ts";
import { launchChromium } from "./chromium.ts";

/** Makes the pictures of the pages that the README and docs/ show: `npm run screenshots`. */
const scratch = await scratchDir();
const folder = join(scratch.dir, "in");
await mkdir(folder);
const photos = {
  "balloons.jpg": await makePhoto({ width: 3000, height: 2000, seed: 12 }),
  "from the phone.jpg": await makePhoto({ width: 2000, height: 2600, seed: 5, orientation: 6 }),
  "cut off on the way.jpg": (await makePhoto({ width: 900, height: 600, seed: 7 })).subarray(0, 20_000),
};
for (const [name, bytes] of Object.entries(photos)) await writeFile(join(folder, name), bytes);

const host = await startProcess(join(scratch.dir, "data"));
const browser = await launchChromium();
try {
  await darkroom("import", folder, "--to", host.url, "--wait", "--at-once", "1");
  for (const [name, width, height, colorScheme] of [
    ["page", 1120, 900, "light"],
    ["page-phone", 360, 780, "dark"],
  ] as const) {
    const page = await browser.newPage({ viewport: { width, height }, colorScheme, deviceScaleFactor: 1.5 });
    await page.goto(host.url);
    await page.getByText("balloons.jpg").waitFor();
    await page.waitForLoadState("networkidle").catch(() => {});
    const file = join(root, "docs", `${name}.png`);
    await page.screenshot({ path: file });
    console.log(file);
    await page.close();
  }
} finally {
  await browser.close();
  await host.stop();
  await scratch.remove();
}
