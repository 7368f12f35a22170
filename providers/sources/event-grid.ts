import { createHash, timingSafeEqual } from "node:crypto";
import type { Webhook, WebhookAnswer } from "./types.ts";

/**
 * Azure Event Grid's calls, in its own schema and as CloudEvents. They carry no signature: what
 * tells them from forged ones is the key in the address that they were subscribed with.
 * https://learn.microsoft.com/azure/event-grid/end-point-validation-event-grid-events-schema
 */
export const eventGridWebhook = ({ key }: { readonly key: string }): Webhook => ({
  async answer({ method, headers, query, body }): Promise<WebhookAnswer> {
    if (!isSame(query["key"] ?? "", key)) return { status: 403, poll: false };
    const origin = headers["webhook-request-origin"];
    if (method === "OPTIONS")
      return origin === undefined
        ? { status: 400, poll: false }
        : { status: 200, headers: { "webhook-allowed-origin": origin }, poll: false };
    if (method !== "POST") return { status: 405, headers: { allow: "OPTIONS, POST" }, poll: false };
    const events = eventsOf(body);
    if (events === undefined) return { status: 400, poll: false };
    const code = events.map(validationCodeOf).find((found) => found !== undefined);
    if (code === undefined) return { status: 200, poll: events.length > 0 };
    return {
      status: 200,
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ validationResponse: code }),
      poll: false,
    };
  },
});

function eventsOf(body: Buffer): readonly unknown[] | undefined {
  try {
    const parsed: unknown = JSON.parse(body.toString("utf8"));
    if (typeof parsed !== "object" || parsed === null) return undefined;
    return Array.isArray(parsed) ? parsed : [parsed];
  } catch {
    return undefined;
  }
}

function validationCodeOf(event: unknown): string | undefined {
  const { eventType, data } = Object(event);
  const code = eventType === "Microsoft.EventGrid.SubscriptionValidationEvent" && Object(data).validationCode;
  return typeof code === "string" ? code : undefined;
}

/** Compares digests, which are of one length whatever was sent. */
const isSame = (given: string, wanted: string) => timingSafeEqual(sha256(given), sha256(wanted));
const sha256 = (text: string) => createHash("sha256").update(text).digest();
