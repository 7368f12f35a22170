import { createHmac, timingSafeEqual } from "node:crypto";
import type { AnswerCall } from "./types.ts";

/** GitHub's calls: https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries */
export const githubWebhook =
  (secret: string, branch: string): AnswerCall =>
  ({ method, headers, body }) => {
    if (method !== "POST") return { status: 405, look: false };
    if (!isSigned(body, headers["x-hub-signature-256"], secret)) return { status: 403, look: false };
    return { status: 200, look: headers["x-github-event"] === "push" && refOf(body) === `refs/heads/${branch}` };
  };

/** `sha256=` and the hex of HMAC-SHA256 over the body as it came. */
function isSigned(body: Buffer, signature: string | undefined, secret: string): boolean {
  const expected = createHmac("sha256", secret).update(body).digest();
  const received = Buffer.from(/^sha256=([0-9a-f]{64})$/.exec(signature ?? "")?.[1] ?? "", "hex");
  return received.length === expected.length && timingSafeEqual(received, expected);
}

/** The branch's full name; undefined in what is not GitHub's JSON, such as a form. */
function refOf(body: Buffer): unknown {
  try {
    return Object(JSON.parse(body.toString("utf8"))).ref;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
