import { expect, it } from "vitest";
import { editor, reviewer } from "./fake-front.ts";
import { describePage } from "./rig.ts";

describePage("signing in", (rig) => {
  it("takes an address and then the code, says where the mail is, and shows who is there", async () => {
    const { front, open } = rig();
    const page = await open({}, null);
    expect(await page.locator("#drop").isVisible()).toBe(false);
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("email");
    await page.keyboard.type(editor);
    await page.keyboard.press("Enter");
    await page.getByText("We have sent a code to").waitFor();
    expect(await page.getByRole("link", { name: "Read it here" }).getAttribute("href")).toBe(`${front.url}/mailbox`);

    await page.getByLabel("Code").fill("wrong");
    await page.keyboard.press("Enter");
    await page.getByText("This code does not work.").waitFor();
    await page.getByLabel("Code").fill(await front.code(editor));
    await page.keyboard.press("Enter");
    await page.locator("#drop").waitFor();
    expect(await page.locator(".who").textContent()).toBe(editor);
    expect(await page.getByRole("link", { name: "Review" }).count()).toBe(0);
    await page.reload();
    await page.locator("#drop").waitFor();
  });

  it("does nothing by a mail's link alone: scanners open those too", async () => {
    const { front, open } = rig();
    const page = await open({}, null);
    await page.getByLabel("Your e-mail address").fill(reviewer);
    await page.keyboard.press("Enter");
    const code = await front.code(reviewer);
    await page.goto("about:blank");
    await page.goto(`${front.url}/#sign-in=${code}`);
    await page.getByText("You came by the link").waitFor();
    expect(page.url()).toBe(`${front.url}/`);
    expect(await front.code(reviewer)).toBe(code);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("link", { name: "Review" }).waitFor();
  });

  it("signs out, and leaves nothing of the person behind", async () => {
    const { page, front } = rig();
    front.storage.hold(0);
    const file = { name: "broken.jpg", mimeType: "image/jpeg", buffer: Buffer.alloc(1000, 1) };
    await page.setInputFiles("#files", [file]);
    await page.locator(".card").waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("Your e-mail address").waitFor();
    expect(await page.evaluate(() => localStorage.length)).toBe(0);
    expect((await page.evaluate(() => caches.keys())).filter((name) => !name.startsWith("darkroom-shell"))).toEqual([]);
    expect(await page.locator(".card").count()).toBe(0);
  });

  it("asks again when the session ended, and keeps the pictures where they are", async () => {
    const { front, page, card, reaches } = rig();
    front.take("broken.jpg", Buffer.from("broken"));
    await reaches("broken.jpg", "Refused");
    front.signOutAll();
    await page.getByLabel("Your e-mail address").waitFor();
    expect(await card("broken.jpg").isVisible()).toBe(true);
    expect(await page.locator("#drop").isVisible()).toBe(false);
  });
});
