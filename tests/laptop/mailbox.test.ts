import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Mail, openMailbox } from "../../local/mailbox/mailbox.ts";
import { mailboxPages } from "../../local/mailbox/pages.ts";
import { serve } from "./serve.ts";

async function scratch(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "darkroom-mail-"));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return join(dir, "mail");
}
const mail = (subject: string, html?: string) => ({
  from: "a@b.example",
  to: ["c@d.example"],
  subject,
  text: "text",
  html,
});

describe("the mailbox", () => {
  it("keeps the newest mails, newest first, over a restart", async () => {
    const dir = await scratch();
    let second = 0;
    const now = () => new Date(Date.UTC(2026, 10, 23, 12, 0, second++));
    const box = await openMailbox({ dir, most: 3, now });
    for (const subject of ["one", "two", "three", "four", "five"]) await box.deliver(mail(subject));
    const subjects = ({ mails }: typeof box) => mails().map(({ subject }) => subject);
    expect(subjects(box)).toEqual(["five", "four", "three"]);
    expect(await readdir(dir)).toHaveLength(3);
    const again = await openMailbox({ dir, most: 3, now });
    expect(again.mails()).toEqual(JSON.parse(JSON.stringify(box.mails())));
    await again.deliver(mail("six"));
    expect(subjects(again)).toEqual(["six", "five", "four"]);
  });

  it("keeps codes from the eyes of others at the machine", async () => {
    const dir = await scratch();
    await (await openMailbox({ dir })).deliver(mail("code"));
    for (const file of await readdir(dir)) expect((await stat(join(dir, file))).mode & 0o077).toBe(0);
  });
});

describe("the mailbox's page", () => {
  async function pages(...mails: readonly Partial<Mail>[]) {
    const list = mails.map((each) => ({ ...mail("hello"), id: "0", at: "2026-11-23T12:00:00.000Z", ...each }));
    const route = mailboxPages({ mails: () => list }, "/mailbox");
    return `${await serve((...exchange) => void route(...exchange))}/mailbox`;
  }

  it("is a page without inline script or style, whose parts are all there", async () => {
    const url = await pages();
    const response = await fetch(url);
    const html = await response.text();
    expect(response.headers.get("content-security-policy")).toMatch(
      /default-src 'none'.*script-src 'self'.*frame-ancestors 'none'/,
    );
    expect(html).not.toMatch(/<style|<script>| style=| on\w+=/);
    const parts = [...html.matchAll(/(?:src|href)="(\/mailbox\/[^"]+)"/g)].map(([, path]) => new URL(path!, url));
    expect(parts).toHaveLength(4);
    for (const part of parts) expect((await fetch(part)).status, part.href).toBe(200);
  });

  it("lists the mails as JSON, and says when nothing is new", async () => {
    const url = await pages({ id: "2" }, { id: "1" });
    const first = await fetch(`${url}/mails`);
    expect(((await first.json()) as { mails: { id: string }[] }).mails.map(({ id }) => id)).toEqual(["2", "1"]);
    const etag = first.headers.get("etag")!;
    expect((await fetch(`${url}/mails`, { headers: { "if-none-match": etag } })).status).toBe(304);
  });

  it("shows a mail so that it runs nothing, loads nothing, and leads the whole tab on", async () => {
    const url = await pages(
      { id: "1", html: "<html><head lang=en><title>x</title></head>$& </html>" },
      { id: "2", html: "<p>bare" },
    );
    const response = await fetch(`${url}/mails/1`);
    const policy = response.headers.get("content-security-policy")!;
    expect(policy).toMatch(/^sandbox allow-top-navigation-by-user-activation; default-src 'none';/);
    expect(policy).not.toMatch(/script|connect|http/);
    expect(await response.text()).toBe('<html><head lang=en><base target="_top"><title>x</title></head>$& </html>');
    expect(await (await fetch(`${url}/mails/2`)).text()).toBe('<!doctype html><base target="_top"><p>bare');
  });

  it("shows the images that came with a mail, and no others", async () => {
    const png = { name: "a.png", type: "image/png", id: "$&@d", base64: "cG5n" };
    const script = { name: "a.js", type: "text/javascript", id: "js@d", base64: "eA==" };
    const html = '<img src="cid:$&@d"><img src="cid:js@d"><img src="cid:gone">';
    const url = await pages({ id: "1", html, attachments: [png, script] });
    expect(await (await fetch(`${url}/mails/1`)).text()).toContain(
      '<img src="data:image/png;base64,cG5n"><img src="cid:js@d"><img src="cid:gone">',
    );
  });

  it.each(["/mails/9", "/..%2fsecret", "/page/mailbox.js", "/mailbox.html"])("has nothing at %s", async (path) => {
    expect((await fetch((await pages({ id: "1" })) + path)).status).toBe(404);
  });

  it("is only to be read", async () => {
    expect((await fetch(`${await pages()}/mails`, { method: "POST", body: "x" })).status).toBe(405);
  });
});
