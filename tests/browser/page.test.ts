import { expect, it } from "vitest";
import { scene } from "../fixtures/scenes.ts";
import { describePage } from "./rig.ts";

describePage("the page", (rig) => {
  it("takes a dropped file all the way to published, with what it saved and every file of it", async () => {
    const { page, drop, card, reaches } = rig();
    expect(await page.locator(".welcome").isVisible()).toBe(true);
    await drop({ name: "lake.jpg", bytes: await scene({ seed: 1 }) });
    await reaches("lake.jpg", "Published");

    expect(await page.locator(".welcome").isVisible()).toBe(false);
    expect(await card("lake.jpg").locator(".step[data-state=done]").count()).toBe(5);
    expect(await card("lake.jpg").locator(".result").textContent()).toMatch(/KB → .*at 640\spx AVIF\d+\s% smaller/);
    await card("lake.jpg").locator(".preview-over img.developed").waitFor();
    await card("lake.jpg").getByRole("button", { name: "Markup and files" }).click();
    expect(await card("lake.jpg").locator("tbody tr").count()).toBe(18);
    expect(await card("lake.jpg").locator("tbody a").first().getAttribute("href")).toMatch(/^http.*w150\.jpg$/);
    await expect.poll(() => page.locator("#live").textContent()).toContain("lake.jpg is published.");
  });

  it("takes a pasted picture and gives it a name of its own", async () => {
    const { page, reaches } = rig();
    const bytes = (await scene({ seed: 2 })).toString("base64");
    await page.evaluate((base64) => {
      const clipboardData = new DataTransfer();
      clipboardData.items.add(
        new File([Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))], "image.png", { type: "image/png" }),
      );
      document.dispatchEvent(new ClipboardEvent("paste", { clipboardData }));
    }, bytes);
    await reaches("pasted-", "Published");
  });

  it("copies the chosen markup with the alt text in its slot, escaped", async () => {
    const { front, page, card, reaches } = rig();
    const id = front.take("lake.jpg", await scene({ seed: 1 }));
    await reaches("lake.jpg", "Published");
    const picture = front.picture(id);
    const amp = picture?.status === "published" ? picture.markup.amp : "";
    await card("lake.jpg").getByRole("button", { name: "Markup and files" }).click();
    await card("lake.jpg").getByLabel("What the picture shows").fill('A "blue" <lake>');
    await card("lake.jpg").getByRole("tab", { name: "AMP" }).click();
    await card("lake.jpg").getByRole("button", { name: "Copy" }).click();
    await card("lake.jpg").getByText("Copied").waitFor();

    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toBe(amp.replaceAll('alt=""', 'alt="A &quot;blue&quot; &lt;lake&gt;"'));
    expect(copied).toContain("<amp-img");
  });

  it("keeps an open panel, typed text and the focus while records change and pictures come in", async () => {
    const { front, page, card, reaches } = rig();
    const id = front.take("lake.jpg", await scene({ seed: 1 }));
    await reaches("lake.jpg", "Published");
    await card("lake.jpg").getByRole("button", { name: "Markup and files" }).click();
    const alt = card("lake.jpg").getByLabel("What the picture shows");
    await alt.fill("A lake");
    front.touch(id);
    front.take("ridge.jpg", await scene({ seed: 2 }));
    await reaches("ridge.jpg", "Published");

    expect(await alt.inputValue()).toBe("A lake");
    expect(await alt.evaluate((input) => input === document.activeElement)).toBe(true);
    expect(await page.locator(".card .name").allTextContents()).toEqual(["ridge.jpg", "lake.jpg"]);
  });

  it("goes from choosing a file to copying its markup by keyboard alone", async () => {
    const { page, card, reaches } = rig();
    const press = async (key: string, until: string) => {
      for (let at = 0; at < 12; at++) {
        await page.keyboard.press(key);
        if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), until)) return;
      }
      throw new Error(`${key} never came to ${until}`);
    };
    await press("Tab", "#files");
    const ring = await page.locator(".drop-area").evaluate((area) => getComputedStyle(area).outlineStyle);
    expect(ring).toBe("solid");
    const chooser = page.waitForEvent("filechooser");
    await page.keyboard.press("Space");
    await (await chooser).setFiles({ name: "lake.jpg", mimeType: "image/jpeg", buffer: await scene({ seed: 1 }) });
    await reaches("lake.jpg", "Published");

    await press("Tab", ".toggle");
    await page.keyboard.press("Enter");
    await press("Tab", "input[type=text]");
    await page.keyboard.type("A lake");
    await press("Tab", "[role=tab]");
    await page.keyboard.press("ArrowRight");
    await press("Tab", ".markup-bar .primary");
    await page.keyboard.press("Enter");
    await card("lake.jpg").getByText("Copied").waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/^<amp-img.*alt="A lake"/);
  });

  it("shows a hostile name as text", async () => {
    const { front, page } = rig();
    const name = `"><img src=x onerror="document.title='owned'"><b>.jpg`;
    front.take(name, await scene({ seed: 1 }));
    await page.locator(".chip", { hasText: "Published" }).waitFor();
    expect(await page.locator(".card .name").textContent()).toBe(name);
    expect(await page.locator(".card .name *").evaluateAll((all) => all.map(({ tagName }) => tagName))).toEqual([
      "BDI",
    ]);
    expect(await page.title()).toBe("Darkroom");
  });

  it("explains a refusal, and which step it stopped at", async () => {
    const { front, card, reaches } = rig();
    front.take("broken.jpg", await scene({ seed: 1 }));
    front.take("nude.jpg", await scene({ seed: 2 }));
    await reaches("nude.jpg", "Refused");
    expect(await card("broken.jpg").locator(".reason").textContent()).toMatch(/ends in the middle.*TRUNCATED$/);
    expect(await card("broken.jpg").locator(".step[data-state=failed]").textContent()).toContain(
      "Received: stopped here",
    );
    expect(await card("nude.jpg").locator(".step[data-state=failed]").textContent()).toContain(
      "Screened: stopped here",
    );
    expect(await card("nude.jpg").locator(".note").textContent()).toMatch(
      /Contains nudity \(confidence 93\s%, says nsfwjs\)/,
    );
  });

  it("tells the sender that a reviewer decides, and leaves the deciding to the review page", async () => {
    const { front, card, reaches } = rig();
    front.take("portrait.jpg", await scene({ seed: 1 }));
    await reaches("portrait.jpg", "In review");
    expect(await card("portrait.jpg").locator(".reason").textContent()).toContain("a person decides");
    expect(await card("portrait.jpg").getByRole("button", { name: "Accept" }).count()).toBe(0);
  });

  it("holds the sender's own file against the published one, and still has it after a reload", async () => {
    const { page, drop, card, reaches } = rig();
    await drop({ name: "lake.jpg", bytes: await scene({ seed: 1 }) });
    await reaches("lake.jpg", "Published");
    await page.reload();
    await reaches("lake.jpg", "Published");
    await card("lake.jpg").getByRole("button", { name: "Markup and files" }).click();
    const slider = card("lake.jpg").getByRole("slider");
    await slider.focus();
    await page.keyboard.press("ArrowLeft");
    expect(await slider.getAttribute("aria-valuetext")).toMatch(/^49\s% original$/);
    const shown = await card("lake.jpg")
      .locator(".compare-before")
      .evaluate((image) => getComputedStyle(image).clipPath);
    expect(shown).toContain("51%");
    expect(await card("lake.jpg").locator("figcaption").textContent()).toMatch(
      /Before: .*KB JPEG.*After: .*AVIF.*smaller/,
    );
  });

  it("compares nothing where this browser never had the sender's file", async () => {
    const { front, card, reaches } = rig();
    front.take("lake.jpg", await scene({ seed: 1 }));
    await reaches("lake.jpg", "Published");
    await card("lake.jpg").getByRole("button", { name: "Markup and files" }).click();
    await card("lake.jpg").locator("table").waitFor();
    expect(await card("lake.jpg").getByRole("slider").count()).toBe(0);
    expect(await card("lake.jpg").locator(".result").textContent()).toContain("smaller");
  });

  it("deletes a picture everywhere, once it is sure, and takes its card away", async () => {
    const { front, page, card, reaches } = rig();
    const id = front.take("lake.jpg", await scene({ seed: 1 }));
    await reaches("lake.jpg", "Published");
    await card("lake.jpg").getByRole("button", { name: "Markup and files" }).click();
    const ask = card("lake.jpg").getByRole("button", { name: "Delete everywhere" });
    await ask.click();
    await page.keyboard.press("Escape");
    expect(await ask.evaluate((button) => button === document.activeElement)).toBe(true);
    expect(front.picture(id)?.status).toBe("published");

    await ask.click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete everywhere" }).click();
    await card("lake.jpg").waitFor({ state: "detached" });
    expect(front.picture(id)?.status).toBe("forgetting");
    await expect.poll(() => page.locator("#live").textContent()).toContain("lake.jpg is deleted.");
  });

  it("deletes what this browser kept of a picture too", async () => {
    const { page, drop, card, reaches } = rig();
    const kept = () => page.evaluate(async () => (await (await caches.open("darkroom-befores")).keys()).length);
    await drop({ name: "lake.jpg", bytes: await scene({ seed: 1 }) });
    await drop({ name: "ridge.jpg", bytes: await scene({ seed: 2 }) });
    await reaches("lake.jpg", "Published");
    await reaches("ridge.jpg", "Published");
    await expect.poll(kept).toBe(2);
    await card("lake.jpg").getByRole("button", { name: "Markup and files" }).click();
    await card("lake.jpg").getByRole("button", { name: "Delete everywhere" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete everywhere" }).click();
    await card("lake.jpg").waitFor({ state: "detached" });
    await expect.poll(kept).toBe(1);
  });

  it("leads from a duplicate to the first of its kind", async () => {
    const { front, page, card, reaches } = rig();
    const bytes = await scene({ seed: 1 });
    const first = front.take("first.jpg", bytes);
    await reaches("first.jpg", "Published");
    front.take("second.jpg", bytes);
    await reaches("second.jpg", "Already here");
    await card("second.jpg").getByRole("link", { name: "See the first one" }).click();
    expect(await page.evaluate(() => document.activeElement?.id)).toBe(`picture-${first}`);
    expect(await card("first.jpg").locator("table").isVisible()).toBe(true);
  });

  it("loads older pictures when asked", async () => {
    const { front, page } = rig();
    const bytes = await scene({ seed: 1, width: 60, height: 40 });
    for (let at = 0; at < 55; at++) front.take(`broken ${at}.jpg`, bytes);
    await page.getByRole("button", { name: "Show older pictures" }).click({ timeout: 15_000 });
    await expect.poll(() => page.locator(".card").count()).toBe(55);
    expect(await page.locator(".card .name").last().textContent()).toBe("broken 0.jpg");
    expect(await page.getByRole("button", { name: "Show older pictures" }).isVisible()).toBe(false);
  });

  it("fits a phone of 360 px with every kind of card open", async () => {
    const { front, open, card, reaches } = rig();
    for (const [at, name] of [`${"long".repeat(40)}.jpg`, "broken.jpg", "portrait.jpg", "stay-resized.jpg"].entries())
      front.take(name, await scene({ seed: at }));
    const page = await open({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
    await reaches("long", "Published");
    for (const toggle of await page.locator(".toggle").all()) await toggle.click();
    await card("long").locator("table").waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    expect(await page.getByText("Take a photo").isVisible()).toBe(true);
  });
});
