import { expect, it } from "vitest";
import { scene } from "../fixtures/scenes.ts";
import { editor } from "./fake-front.ts";
import { describePage } from "./rig.ts";

/** Goes in four parts. Called broken, so that nobody tries to develop it. */
const large = { name: "large broken.jpg", mimeType: "image/jpeg", buffer: Buffer.alloc(30_000_000, 7) };
const button = (name: string) => ["button", { name, exact: true }] as const;

describePage("uploads", (rig) => {
  const parts = (seen: readonly string[]) => seen.filter((each) => each.startsWith("part "));

  it("send a large file in parts, and a small one whole", async () => {
    const { front, page, reaches } = rig();
    await page.setInputFiles("#files", [large]);
    await reaches("large", "Refused");
    expect(front.storage.seen).toEqual(["create", "part 1", "part 2", "part 3", "part 4", "complete"]);
    await page.setInputFiles("#files", [{ ...large, name: "small broken.jpg", buffer: Buffer.alloc(1000, 1) }]);
    await reaches("small", "Refused");
    expect(front.storage.seen.at(-1)).toBe("whole");
  });

  it("pause, and go on after a reload with the parts that are missing", async () => {
    const { front, page, card, reaches } = rig();
    front.storage.hold(2);
    await page.setInputFiles("#files", [large]);
    await expect.poll(() => parts(front.storage.seen)).toEqual(["part 1", "part 2"]);
    await expect.poll(() => card("large").locator(".share").textContent()).toMatch(/^5\d/);
    await card("large")
      .getByRole(...button("Pause"))
      .click();
    await reaches("large", "Paused");
    // The plugin writes down how far a file is twice a second.
    await page.waitForTimeout(700);
    await page.reload();
    await reaches("large", "Paused");
    expect(parts(front.storage.seen)).toEqual(["part 1", "part 2"]);

    front.storage.release();
    front.storage.seen.length = 0;
    await card("large")
      .getByRole(...button("Resume"))
      .click();
    await reaches("large", "Refused");
    expect(front.storage.seen.filter((each) => each !== "part 3")).toEqual(["list", "part 4", "complete"]);
  });

  it("begin anew when they rested so long that Darkroom no longer knows of them", async () => {
    const { front, page, card, reaches } = rig();
    front.storage.hold(1);
    await page.setInputFiles("#files", [large]);
    await expect.poll(() => parts(front.storage.seen)).toEqual(["part 1"]);
    await card("large")
      .getByRole(...button("Pause"))
      .click();
    await reaches("large", "Paused");
    front.dayPasses();
    front.storage.release();
    await card("large")
      .getByRole(...button("Resume"))
      .click();
    await reaches("large", "Not uploaded");
    front.storage.seen.length = 0;
    await card("large")
      .getByRole(...button("Try again"))
      .click();
    await reaches("large", "Refused");
    expect(front.storage.seen).toEqual(["create", "part 1", "part 2", "part 3", "part 4", "complete"]);
    expect(await page.locator(".card").count()).toBe(1);
  });

  it("wait while Darkroom is asked too much, and go by themselves when it is not", async () => {
    const { front, page, drop, card, reaches } = rig();
    // As API Gateway says it, and as WAF does: without a word of the API's own.
    front.inFront("POST /uploads", 429, '{"message":"Too Many Requests"}', 2);
    await drop({ name: "lake.jpg", bytes: await scene({ seed: 1 }) });
    await reaches("lake.jpg", "In the queue");
    await reaches("lake.jpg", "Published");
    expect(await page.locator(".card").count()).toBe(1);
    front.inFront("POST /uploads", 403, "<html>Request blocked.</html>", 1);
    await drop({ name: "ridge.jpg", bytes: await scene({ seed: 2 }) });
    await reaches("ridge.jpg", "Not uploaded");
    expect(await card("ridge.jpg").locator(".reason").textContent()).toMatch(/firewall.*STOPPED/);
    await card("ridge.jpg")
      .getByRole(...button("Try again"))
      .click();
    await reaches("ridge.jpg", "Published");
  });

  it("go on by themselves after a reload, one that was whole as one picture", async () => {
    const { front, page, card, drop, reaches } = rig();
    front.storage.hold(0);
    await drop({ name: "lake.jpg", bytes: await scene({ seed: 1 }) });
    await reaches("lake.jpg", "Uploading");
    await expect.poll(() => front.storage.seen).toEqual(["whole"]);
    await page.waitForTimeout(700);
    await page.reload();
    front.storage.release();
    await reaches("lake.jpg", "Published");
    await page.reload();
    await reaches("lake.jpg", "Published");
    await expect.poll(() => card("lake.jpg").count()).toBe(1);
  });

  it("wait while there is no network, and go when it is back", async () => {
    const { front, page, drop, card, reaches } = rig();
    front.storage.hold(1);
    await page.setInputFiles("#files", [large]);
    await expect.poll(() => parts(front.storage.seen)).toEqual(["part 1"]);
    await page.context().setOffline(true);
    await drop({ name: "lake.jpg", bytes: await scene({ seed: 1 }) });
    await reaches("lake.jpg", "In the queue");
    await reaches("large", "In the queue");
    expect(await card("lake.jpg").locator(".note").textContent()).toBe("Goes when the network is back.");
    expect(await page.locator("#trouble").textContent()).toContain("You are offline.");

    front.storage.release();
    await page.context().setOffline(false);
    await reaches("lake.jpg", "Published");
    await reaches("large", "Refused");
    expect(front.storage.seen.filter((each) => each === "create" || each === "complete")).toEqual([
      "create",
      "complete",
    ]);
    expect(await page.locator("#trouble").isVisible()).toBe(false);
  });

  it("are paused, resumed and cancelled all together", async () => {
    const { front, page, reaches } = rig();
    front.storage.hold(0);
    const files = Array.from({ length: 5 }, (_, at) => ({
      name: `broken ${at}.jpg`,
      mimeType: "image/jpeg",
      buffer: Buffer.alloc(50_000, at),
    }));
    await page.setInputFiles("#files", files);
    await expect.poll(() => front.storage.seen.length).toBe(3);
    const bar = page.locator("#bar");
    expect(await bar.textContent()).toContain("Uploading 5 files");
    await bar.getByRole(...button("Pause all")).click();
    for (const { name } of files) await reaches(name, "Paused");
    front.storage.release();
    await bar.getByRole(...button("Resume all")).click();
    for (const { name } of files) await reaches(name, "Refused");
    expect(await bar.isVisible()).toBe(false);

    front.storage.hold(0);
    await page.setInputFiles("#files", [large]);
    await page.setInputFiles("#files", [{ ...large, name: "other broken.jpg" }]);
    await reaches("other", "Uploading");
    await bar.getByRole(...button("Cancel all")).click();
    await page
      .getByRole("dialog")
      .getByRole(...button("Cancel them"))
      .click();
    await expect.poll(() => page.locator(".card").count()).toBe(5);
    await expect.poll(() => front.storage.seen.filter((each) => each === "abort").length).toBe(2);
  });

  it("let others go on while one is paused", async () => {
    const { front, page, card, reaches } = rig();
    front.storage.hold(0);
    const files = [0, 1, 2, 3].map((at) => ({
      ...large,
      name: `broken ${at}.jpg`,
      buffer: Buffer.alloc(1000 + at, at),
    }));
    await page.setInputFiles("#files", files);
    await expect.poll(() => front.storage.seen.length).toBe(3);
    for (const at of [0, 1, 2])
      await card(`broken ${at}`)
        .getByRole(...button("Pause"))
        .click();
    front.storage.release();
    await reaches("broken 3", "Refused");
    expect(await card("broken 0").locator(".chip").textContent()).toBe("Paused");
  });

  it("say so when the storage fails, and try again when told to", async () => {
    const { front, page, drop, card, reaches } = rig();
    front.storage.fail(4);
    await drop({ name: "lake.jpg", bytes: await scene({ seed: 1 }) });
    await reaches("lake.jpg", "Not uploaded");
    expect(await card("lake.jpg").locator(".reason").textContent()).toContain("InternalError");
    await card("lake.jpg")
      .getByRole(...button("Try again"))
      .click();
    await reaches("lake.jpg", "Published");
    expect(await page.locator(".card").count()).toBe(1);
  });

  it("wait for a new session when theirs has ended, and lose nothing", async () => {
    const { front, page, drop, reaches } = rig();
    front.signOutAll();
    await drop({ name: "lake.jpg", bytes: await scene({ seed: 1 }) });
    await page.getByLabel("Your e-mail address").fill(editor);
    await page.keyboard.press("Enter");
    await page.getByLabel("Code").fill(await front.code(editor));
    await page.keyboard.press("Enter");
    await reaches("lake.jpg", "Published");
    expect(await page.locator("#sign-in").isVisible()).toBe(false);
  });

  it("take a file of the same kind twice only once while it is on its way", async () => {
    const { front, page, reaches } = rig();
    front.storage.hold(0);
    await page.evaluate(() => {
      const data = new DataTransfer();
      const twin = new File(["x"], "twin broken.jpg", { type: "image/jpeg", lastModified: 1 });
      data.items.add(twin);
      for (let times = 0; times < 2; times++)
        document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
    });
    await reaches("twin", "Uploading");
    await expect.poll(() => page.locator("#live").textContent()).toContain("twin broken.jpg: already on the way.");
    expect(await page.locator(".card").count()).toBe(1);
    front.storage.release();
    await reaches("twin", "Refused");
  });
});
