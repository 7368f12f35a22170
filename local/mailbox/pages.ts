import { readFile } from "node:fs/promises";
import { ownParts, type Page, sendPage } from "../own-page.ts";
import { plain, type Route } from "../router.ts";
import type { Mail, Mailbox } from "./mailbox.ts";

/**
 * The page on which a laptop's mails are read, under `prefix`: the list, each mail as it would look,
 * and `<prefix>/mails` as JSON.
 */
export function mailboxPages({ mails }: Pick<Mailbox, "mails">, prefix: string): Route {
  return async (request, response) => {
    if (request.method !== "GET" && request.method !== "HEAD")
      return plain(response, 405, "Mails are only to be read.");
    const { pathname } = new URL(request.url ?? "/", "http://any");
    const path = pathname.slice(prefix.length).replace(/\/$/, "");
    const page = path === "/mails" ? listOf(mails()) : await (pageOf(path) ?? mailOf(mails(), path));
    if (page === undefined) return plain(response, 404, "There is nothing here.");
    await sendPage(request, response, page);
  };
}

const listOf = (mails: readonly Mail[]): Page => ({
  type: "application/json",
  body: JSON.stringify({ mails }),
  tag: mails[0]?.id ?? "none",
});

const pagePolicy = `${ownParts}; frame-src 'self'`;

const files: Readonly<Record<string, readonly [file: string, type: string]>> = {
  "": ["page/mailbox.html", "text/html"],
  "/mailbox.css": ["page/mailbox.css", "text/css"],
  "/mailbox.js": ["page/mailbox.js", "text/javascript"],
  "/tokens.css": ["../../web/styles/tokens.css", "text/css"],
  "/base.css": ["../../web/styles/base.css", "text/css"],
};

function pageOf(path: string): Promise<Page> | undefined {
  const [file, type] = files[path] ?? [];
  if (file === undefined || type === undefined) return undefined;
  return readFile(new URL(file, import.meta.url), "utf8").then((body) => ({ type, body, policy: pagePolicy }));
}

/** A mail for the page's frame: it runs nothing and loads nothing, and its links lead the whole tab on. */
function mailOf(mails: readonly Mail[], path: string): Page | undefined {
  const mail = mails.find(({ id }) => path === `/mails/${id}`);
  if (mail?.html === undefined) return undefined;
  const html = withImages(mail.html, mail.attachments);
  const base = '<base target="_top">';
  const [head] = /<head[^>]*>/i.exec(html) ?? [];
  return {
    type: "text/html",
    body: head === undefined ? `<!doctype html>${base}${html}` : html.replace(head, () => head + base),
    policy:
      "sandbox allow-top-navigation-by-user-activation; default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; frame-ancestors 'self'",
  };
}

/** With the images that travelled along in the places that name them. */
const withImages = (html: string, attachments: Mail["attachments"] = []) =>
  attachments.reduce(
    (shown, { id, type, base64 }) =>
      id === undefined || !type.startsWith("image/")
        ? shown
        : shown.replaceAll(`"cid:${id}"`, () => `"data:${type};base64,${base64}"`),
    html,
  );
