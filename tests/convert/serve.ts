import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { listen } from "../browser/listen.ts";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".css": "text/css",
  ".js": "text/javascript",
  ".jpg": "image/jpeg",
  ".png": "image/png",
  ".webp": "image/webp",
  ".avif": "image/avif",
};

/** Serves a folder as a static host does. */
export const serveFolder = (dir: string) =>
  listen(async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://site.test");
    const path = decodeURIComponent(pathname.endsWith("/") ? `${pathname}index.html` : pathname);
    const body = await readFile(join(dir, path)).catch(() => undefined);
    if (body === undefined) response.writeHead(404).end();
    else response.writeHead(200, { "content-type": types[extname(path)] ?? "application/octet-stream" }).end(body);
  });
