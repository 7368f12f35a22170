import type { IncomingMessage, ServerResponse } from "node:http";
import { sendAnswer } from "./http.ts";

/** A page of the host's own, or a part of one. */
export interface Page {
  readonly type: string;
  readonly body: string;
  /** Content-Security-Policy. @default nothing is loaded */
  readonly policy?: string;
  /** Changes with the content. */
  readonly tag?: string;
}

/** Of a page that loads its parts from this host alone. */
export const ownParts =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

export async function sendPage(request: IncomingMessage, response: ServerResponse, page: Page): Promise<void> {
  const { type, body, policy } = page;
  const tag = `"${page.tag ?? ""}"`;
  const known = page.tag !== undefined && request.headers["if-none-match"] === tag;
  const answer = {
    status: known ? 304 : 200,
    headers: {
      "content-type": `${type}; charset=utf-8`,
      "cache-control": "no-cache",
      ...(page.tag !== undefined && { etag: tag }),
      "content-security-policy": policy ?? "default-src 'none'; frame-ancestors 'none'",
      "cross-origin-resource-policy": "same-origin",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
    },
    body: Buffer.from(known ? "" : body),
  };
  await sendAnswer(response, answer, { headOnly: request.method === "HEAD" });
}
