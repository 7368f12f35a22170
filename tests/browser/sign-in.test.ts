import { expect, it } from "vitest";
import { seriousFindings } from "./axe.ts";
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
    // Only with the answer does the browser keep whose code it asked for.
    await page.getByText("We have sent a code to").waitFor();
    const code = await front.code(reviewer);
    await page.goto("about:blank");
    await page.goto(`${front.url}/#sign-in=${code}`);
    await page.getByText("You came by the link").waitFor();
    expect(page.url()).toBe(`${front.url}/`);
    expect(await front.code(reviewer)).toBe(code);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("link", { name: "Review" }).waitFor();
  });

  it.each([
    ["has not asked for a code", undefined],
    ["asked for a code of another address", editor],
  ])("names the account of a link before it is used, in a browser that %s", async (_, asked) => {
    const { front, open } = rig();
    const mallory = "mallory@darkroom.example";
    let page = await open({}, null);
    const ask = async (email: string) => {
      await page.getByLabel("Your e-mail address").fill(email);
      await page.keyboard.press("Enter");
      await page.getByText("We have sent a code to").waitFor();
      return front.code(email);
    };
    const code = await ask(mallory);
    page = await open({}, null);
    if (asked !== undefined) await ask(asked);
    await page.goto("about:blank");
    await page.goto(`${front.url}/#sign-in=${code}`);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText(`You are signed in as ${mallory}`).waitFor();
    expect(await page.locator("#drop").isVisible()).toBe(false);

    // Loading the page again is no way around it.
    await page.reload();
    await page.getByLabel("Your e-mail address").waitFor();
    expect(await page.locator("#drop").isVisible()).toBe(false);
  });

  it("lets somebody out of an account that is not theirs, and in where it is", async () => {
    const { front, open } = rig();
    const mallory = `${"mallory".repeat(8)}@darkroom.example`;
    // Remembered here is one person, but the cookie is another's.
    const page = await open({ viewport: { width: 360, height: 740 } }, mallory);
    const swap = () =>
      page.evaluate(() => localStorage.setItem("darkroom-person", '{"email":"editor@darkroom.example"}'));
    await swap();
    await page.reload();
    const goOn = page.getByRole("button", { name: `Go on as ${mallory}` });
    await goOn.waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    expect(await seriousFindings(page)).toEqual([]);
    await goOn.click();
    await page.locator("#drop").waitFor();
    expect(await page.locator(".who").textContent()).toBe(mallory);

    await swap();
    await page.reload();
    await page.getByRole("button", { name: "Not you? Sign out" }).click();
    await page.getByLabel("Your e-mail address").waitFor();
    expect(await page.evaluate((url) => fetch(`${url}/api/session`).then(({ status }) => status), front.url)).toBe(401);
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
