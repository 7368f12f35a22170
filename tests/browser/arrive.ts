import type { Page } from "playwright-core";

/** Signs in at a laptop's page as people do: an address, the mail, its link, a press. */
export async function arrive(page: Page, host: string, email: string): Promise<void> {
  await page.goto(host);
  await page.getByLabel("Your e-mail address").fill(email);
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: "Read it here" }).click();
  await page.waitForURL("**/mailbox**");
  await page.getByText(email).first().click();
  await page
    .frameLocator("iframe")
    .getByRole("link", { name: /sign in/i })
    .first()
    .click();
  await page.getByText("You came by the link of our mail.").waitFor();
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.locator(".drop").waitFor();
}
