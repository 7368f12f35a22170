import { createHmac, timingSafeEqual } from "node:crypto";
import type { Webhook } from "./types.ts";

/** Dropbox's calls: a challenge when the address is entered, then signed notices that say only "something changed". */
export function dropboxWebhook(appSecret: string): Webhook {
  return {
    async answer({ method, headers, query, body }) {
      const { challenge } = query;
      if (method === "GET" && challenge !== undefined)
        return { status: 200, headers: plainText, body: challenge, poll: false };
      if (method !== "POST") return { status: 405, poll: false };
      const genuine = isSigned(body, headers["x-dropbox-signature"], appSecret);
      return genuine ? { status: 200, poll: true } : { status: 403, poll: false };
    },
  };
}

/** The challenge is anybody's text: no browser may take it for a page. */
const plainText = { "content-type": "text/plain", "x-content-type-options": "nosniff" };

/** Hex of HMAC-SHA256 over the body as it came. */
function isSigned(body: Buffer, signature: string | undefined, appSecret: string): boolean {
  const expected = createHmac("sha256", appSecret).update(body).digest();
  const received = Buffer.from(signature ?? "", "hex");
  return received.length === expected.length && timingSafeEqual(received, expected);
}
