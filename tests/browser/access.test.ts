import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { scriptBudget } from "../../web/build.ts";
import { scene } from "../fixtures/scenes.ts";
import { seriousFindings } from "./axe.ts";
import { reviewer } from "./fake-front.ts";
import { describePage } from "./rig.ts";

describePage("everybody can use it", (rig) => {
  const schemes = ["light", "dark"] as const;

  it.each(schemes)("signing in (%s)", async (colorScheme) => {
    const page = await rig().open({ colorScheme }, null);
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByLabel("Your e-mail address").fill(reviewer);
    await page.keyboard.press("Enter");
    await page.getByLabel("Code").waitFor();
    expect(await seriousFindings(page)).toEqual([]);
  });

  it.each(schemes)("the gallery with every kind of card, a panel and a dialog (%s)", async (colorScheme) => {
    const { front, open, drop, card, reaches } = rig();
    for (const [at, name] of ["broken.jpg", "portrait.jpg", "stay-resized.jpg"].entries())
      front.take(name, await scene({ seed: at + 2, width: 500, height: 400 }));
    const page = await open({ colorScheme });
    await drop({ name: "lake.jpg", bytes: await scene({ seed: 1, width: 800, height: 600 }) });
    await reaches("lake.jpg", "Published");
    front.storage.hold(0);
    await drop({ name: "held.jpg", bytes: Buffer.alloc(1000) });
    await reaches("held.jpg", "Uploading");
    await card("lake.jpg").getByRole("button", { name: "Markup and files" }).click();
    await card("lake.jpg").getByRole("slider").waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await card("lake.jpg").getByRole("button", { name: "Delete everywhere" }).click();
    expect(await seriousFindings(page)).toEqual([]);
  });

  it.each(schemes)("the review page (%s)", async (colorScheme) => {
    const { front, open } = rig();
    front.take("portrait.jpg", await scene({ seed: 1, width: 400, height: 300 }));
    front.sources.push({ name: "studio", kind: "s3", every: "5 minutes", taken: 1, skipped: {}, failed: 0 });
    front.decisions.push({
      pictureId: "x",
      verdict: "reject",
      reason: "No.",
      by: reviewer,
      at: "2026-11-01T10:00:00Z",
      name: "a.jpg",
    });
    await expect.poll(() => front.waiting()).toBe(1);
    const page = await open({ colorScheme }, reviewer, "/review.html");
    await page.locator(".case").waitFor();
    expect(await seriousFindings(page)).toEqual([]);
  });

  it("loads no more script at first than the budget", async () => {
    const page = await rig().open();
    const scripts = await page.evaluate(() =>
      performance
        .getEntriesByType("resource")
        .filter(({ name }) => name.endsWith(".js") && !name.endsWith("/sw.js"))
        .map(({ name }) => name),
    );
    expect(scripts.length).toBeGreaterThan(0);
    const sizes = await Promise.all(
      scripts.map(async (address) => gzipSync(Buffer.from(await (await fetch(address)).arrayBuffer())).byteLength),
    );
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(scriptBudget);
  });

  it("moves nothing for those who asked for that", async () => {
    const { front, open } = rig();
    front.take("stay-received.jpg", await scene({ seed: 1, width: 400, height: 300 }));
    const page = await open({ reducedMotion: "reduce" });
    await page.locator(".step[data-state=active]").waitFor();
    expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
  });
});
