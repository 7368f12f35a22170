import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect } from "vitest";
import { buildWeb } from "../../web/build.ts";
import { chromiumPath, launchChromium } from "./chromium.ts";
import { editor, type FakeFront, startFakeFront } from "./fake-front.ts";

export interface Rig {
  readonly front: FakeFront;
  /** Signed in as the editor, unless told otherwise. */
  readonly page: Page;
  /** Another one instead of `page`; `null` for somebody who is not signed in. */
  open(options?: BrowserContextOptions, as?: string | null, path?: string): Promise<Page>;
  /** Lets go of a file over the page, as a desktop does. */
  drop(...files: readonly Dropped[]): Promise<void>;
  card(name: string): Locator;
  reaches(name: string, chip: string): Promise<void>;
}

export interface Dropped {
  readonly name: string;
  readonly bytes: Buffer;
}

/** A suite against the page as it is built, with a new fake front and a signed-in page for each test. */
export function describePage(title: string, tests: (rig: () => Rig) => void): void {
  const named = chromiumPath ? title : `${title} (skipped: no Chromium here; install it or name it in CHROMIUM)`;
  describe.skipIf(!chromiumPath)(named, () => {
    let browser: Browser;
    let web: string;
    let front: FakeFront;
    let page: Page | undefined;
    let complaints: string[] = [];

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
      front = await startFakeFront({ web });
      complaints = [];
      await open();
    });
    afterEach(async () => {
      await page?.context().close();
      await front.close();
      // What the network did is each test's own affair.
      expect(complaints.filter((text) => !text.includes("Failed to load resource"))).toEqual([]);
    });

    async function open(options: BrowserContextOptions = {}, as: string | null = editor, path = "/"): Promise<Page> {
      await page?.context().close();
      const context = await browser.newContext({ ...options, ...(as !== null && { storageState: signedIn(as) }) });
      await context.grantPermissions(["clipboard-read", "clipboard-write"]);
      const opened = await context.newPage();
      opened.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
      opened.on("pageerror", (error) => complaints.push(String(error)));
      page = opened;
      await opened.goto(front.url + path);
      await opened.waitForSelector(as === null ? "#sign-in:not([hidden])" : "body.ready");
      return opened;
    }

    const signedIn = (email: string) => ({
      cookies: [
        {
          name: "darkroom",
          value: front.enter(email),
          domain: "127.0.0.1",
          path: "/",
          expires: -1,
          httpOnly: true,
          secure: false,
          sameSite: "Strict" as const,
        },
      ],
      origins: [{ origin: front.url, localStorage: [{ name: "darkroom-person", value: JSON.stringify({ email }) }] }],
    });

    const card = (name: string) => page!.locator(".card", { hasText: name });
    tests(() => ({
      front,
      page: page!,
      open,
      card,
      drop: (...files) => dropOn(page!, files),
      reaches: (name, chip) => card(name).locator(".chip", { hasText: chip }).waitFor(),
    }));
  });
}

export async function dropOn(page: Page, files: readonly Dropped[]): Promise<void> {
  await page.evaluate(
    (files) => {
      const dataTransfer = new DataTransfer();
      for (const { name, base64 } of files) {
        const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
        dataTransfer.items.add(new File([bytes], name, { type: "image/jpeg" }));
      }
      for (const type of ["dragover", "drop"])
        document.body.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
    },
    files.map(({ name, bytes }) => ({ name, base64: bytes.toString("base64") })),
  );
}
