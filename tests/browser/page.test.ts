import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { buildWeb } from "../../web/build.ts";
import { type FakeApi, startFakeApi } from "../fixtures/fake-api.ts";
import { scene } from "../fixtures/scenes.ts";
import { chromiumPath, launchChromium } from "./chromium.ts";

const title = chromiumPath ? "the page" : "the page (skipped: no Chromium here; install it or name it in CHROMIUM)";

describe.skipIf(!chromiumPath)(title, () => {
  let browser: Browser;
  let web: string;
  let api: FakeApi;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    web = await mkdtemp(join(tmpdir(), "darkroom-web-"));
    await buildWeb(web);
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await rm(web, { recursive: true, force: true });
  });
  beforeEach(async () => {
    api = await startFakeApi({ web });
    complaints = [];
    page = await open();
  });
  afterEach(async () => {
    await page.context().close();
    await api.close();
    expect(complaints.filter((text) => !text.includes("status of 500"))).toEqual([]);
  });

  async function open(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext(options);
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    const opened = await context.newPage();
    opened.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    opened.on("pageerror", (error) => complaints.push(String(error)));
    await opened.goto(api.url);
    await opened.waitForSelector("body.ready");
    return opened;
  }

  /** Lets go of a file over the page, as a desktop does. */
  async function drop(name: string, bytes: Buffer) {
    await page.evaluate(
      ([name, base64]) => {
        const file = new File([Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))], name, {
          type: "image/jpeg",
        });
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(file);
        for (const type of ["dragover", "drop"])
          document.body.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
      },
      [name, bytes.toString("base64")] as const,
    );
  }

  const card = (name: string): Locator => page.locator(".card", { hasText: name });
  const reaches = (name: string, chip: string) => card(name).locator(".chip", { hasText: chip }).waitFor();

  it("takes a dropped file all the way to published, with what it saved and every file of it", async () => {
    expect(await page.locator(".welcome").isVisible()).toBe(true);
    await drop("lake.jpg", await scene({ seed: 1 }));
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
    const id = api.take("lake.jpg", await scene({ seed: 1 }));
    await reaches("lake.jpg", "Published");
    const picture = api.picture(id);
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
    const id = api.take("lake.jpg", await scene({ seed: 1 }));
    await reaches("lake.jpg", "Published");
    await card("lake.jpg").getByRole("button", { name: "Markup and files" }).click();
    const alt = card("lake.jpg").getByLabel("What the picture shows");
    await alt.fill("A lake");
    api.touch(id);
    api.take("ridge.jpg", await scene({ seed: 2 }));
    await reaches("ridge.jpg", "Published");

    expect(await alt.inputValue()).toBe("A lake");
    expect(await alt.evaluate((input) => input === document.activeElement)).toBe(true);
    expect(await page.locator(".card .name").allTextContents()).toEqual(["ridge.jpg", "lake.jpg"]);
  });

  it("goes from choosing a file to copying its markup by keyboard alone", async () => {
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
    const name = `"><img src=x onerror="document.title='owned'"><b>.jpg`;
    api.take(name, await scene({ seed: 1 }));
    await page.locator(".chip", { hasText: "Published" }).waitFor();
    expect(await page.locator(".card .name").textContent()).toBe(name);
    expect(await page.locator(".card .name *").evaluateAll((all) => all.map(({ tagName }) => tagName))).toEqual([
      "BDI",
    ]);
    expect(await page.title()).toBe("Darkroom");
  });

  it("explains a refusal, and which step it stopped at", async () => {
    api.take("broken.jpg", await scene({ seed: 1 }));
    api.take("nude.jpg", await scene({ seed: 2 }));
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

  it("sends a person's decision, never without a reason, and follows the picture on", async () => {
    const id = api.take("portrait.jpg", await scene({ seed: 1 }));
    await reaches("portrait.jpg", "Your decision");
    await card("portrait.jpg").getByRole("button", { name: "Accept" }).click();
    expect(api.reviews).toEqual([]);
    await card("portrait.jpg").getByLabel("Your reason").fill("A statue.");
    await card("portrait.jpg").getByRole("button", { name: "Accept" }).click();
    await reaches("portrait.jpg", "Published");
    expect(api.reviews).toEqual([{ id, verdict: "accept", reason: "A statue." }]);
  });

  it("leads from a duplicate to the first of its kind", async () => {
    const bytes = await scene({ seed: 1 });
    const first = api.take("first.jpg", bytes);
    await reaches("first.jpg", "Published");
    api.take("second.jpg", bytes);
    await reaches("second.jpg", "Already here");
    await card("second.jpg").getByRole("link", { name: "See the first one" }).click();
    expect(await page.evaluate(() => document.activeElement?.id)).toBe(`picture-${first}`);
    expect(await card("first.jpg").locator("table").isVisible()).toBe(true);
  });

  it("says so when the storage fails, and tries again when told to", async () => {
    api.failUploads(1);
    await drop("lake.jpg", await scene({ seed: 1 }));
    await reaches("lake.jpg", "Not uploaded");
    expect(await card("lake.jpg").locator(".reason").textContent()).toContain("InternalError");
    await card("lake.jpg").getByRole("button", { name: "Try again" }).click();
    await reaches("lake.jpg", "Published");
    expect(await page.locator(".card").count()).toBe(1);
  });

  it("loads older pictures when asked", async () => {
    const bytes = await scene({ seed: 1, width: 60, height: 40 });
    for (let at = 0; at < 55; at++) api.take(`broken ${at}.jpg`, bytes);
    await page.getByRole("button", { name: "Show older pictures" }).click({ timeout: 15_000 });
    await expect.poll(() => page.locator(".card").count()).toBe(55);
    expect(await page.locator(".card .name").last().textContent()).toBe("broken 0.jpg");
    expect(await page.getByRole("button", { name: "Show older pictures" }).isVisible()).toBe(false);
  });

  it("fits a phone of 360 px with every kind of card open", async () => {
    for (const [at, name] of [`${"long".repeat(40)}.jpg`, "broken.jpg", "portrait.jpg", "stay-resized.jpg"].entries())
      api.take(name, await scene({ seed: at }));
    await page.context().close();
    page = await open({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
    await reaches("long", "Published");
    for (const toggle of await page.locator(".toggle").all()) await toggle.click();
    await card("long").locator("table").waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    expect(await page.getByText("Take a photo").isVisible()).toBe(true);
  });
});
