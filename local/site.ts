import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import { plain, type Route } from "./router.ts";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".webmanifest": "application/manifest+json",
};

/** No inline script or style; pictures and uploads come from this very host. */
const contentSecurityPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; manifest-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/** Serves the built page. */
export const site =
  (dir: string): Route =>
  async (request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://any").pathname);
    const file = join(dir, normalize(path === "/" ? "/index.html" : path));
    const info = await stat(file).catch(() => undefined);
    if (!info?.isFile()) return plain(response, 404, "There is nothing here.");
    response.writeHead(200, {
      "content-type": types[extname(file)] ?? "application/octet-stream",
      "content-length": info.size,
      "cache-control": "no-cache",
      "content-security-policy": contentSecurityPolicy,
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
    });
    createReadStream(file).pipe(response);
  };
