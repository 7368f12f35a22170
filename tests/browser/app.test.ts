import { expect, it } from "vitest";
import { scene } from "../fixtures/scenes.ts";
import { describePage } from "./rig.ts";

describePage("the app on a phone", (rig) => {
  const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };
  async function installed() {
    const page = await rig().open(phone);
    await page.evaluate(() => navigator.serviceWorker.ready);
    await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true);
    return page;
  }

  it("has what a browser asks of an app: a manifest, icons of their sizes, a worker", async () => {
    const { front } = rig();
    const manifest = await (await fetch(`${front.url}/manifest.webmanifest`)).json();
    for (const { src, sizes } of manifest.icons.filter(({ type }: { type: string }) => type === "image/png")) {
      const bytes = Buffer.from(await (await fetch(`${front.url}/${src}`)).arrayBuffer());
      expect(`${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`, src).toBe(sizes);
    }
    await installed();
  });

  it("opens without a network, keeps what is added, and sends it when the network is back", async () => {
    const page = await installed();
    await page.context().setOffline(true);
    await page.reload();
    await page.getByText("You are offline.").waitFor();
    await page.setInputFiles("#camera", [
      { name: "field.jpg", mimeType: "image/jpeg", buffer: await scene({ seed: 1 }) },
    ]);
    const card = page.locator(".card", { hasText: "field.jpg" });
    await card.getByText("Goes when the network is back.").waitFor();
    await page.waitForTimeout(700);
    await page.reload();
    await card.getByText("Goes when the network is back.").waitFor();
    await page.context().setOffline(false);
    await card.locator(".chip", { hasText: "Published" }).waitFor();
  });

  it("takes what another app shares, once somebody said so", async () => {
    const { front } = rig();
    const page = await installed();
    const share = async (name: string) => {
      await page.goto("about:blank");
      await page.setContent(
        `<form method="post" enctype="multipart/form-data" action="${front.url}/share"><input type="file" name="files"><button></button></form>`,
      );
      await page.setInputFiles("input", [{ name, mimeType: "image/jpeg", buffer: await scene({ seed: name.length }) }]);
      await page.click("button");
      await page.getByRole("dialog").getByText(name).waitFor();
      expect(page.url()).toBe(`${front.url}/?shared`);
    };
    await share("shared photo.jpg");
    await page.keyboard.press("Enter");
    await page.locator(".card", { hasText: "shared photo.jpg" }).locator(".chip", { hasText: "Published" }).waitFor();

    await share("forced on us.jpg");
    await page.keyboard.press("Escape");
    await page.reload();
    await page.locator(".card").first().waitFor();
    expect(await page.getByRole("dialog").count()).toBe(0);
    expect(await page.locator(".card .name").allTextContents()).toEqual(["shared photo.jpg"]);
  });

  it("keeps no answer of the API", async () => {
    const page = await installed();
    const kept = await page.evaluate(async () => {
      const names = await caches.keys();
      const caught = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
      return caught.flat().map(({ url }) => new URL(url).pathname);
    });
    expect(kept).toContain("/");
    expect(kept.filter((path) => path.startsWith("/api"))).toEqual([]);
  });
});
