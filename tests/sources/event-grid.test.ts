import { describe, expect, it } from "vitest";
import { eventGridWebhook } from "../../providers/sources/event-grid.ts";
import type { WebhookRequest } from "../../providers/sources/types.ts";

const { answer } = eventGridWebhook({ key: "the key" });
const call = (events: unknown, more: Partial<WebhookRequest> = {}) =>
  answer({
    method: "POST",
    headers: { "content-type": "application/json", "aeg-event-type": "Notification" },
    query: { key: "the key" },
    body: Buffer.from(typeof events === "string" ? events : JSON.stringify(events)),
    ...more,
  });

const created = {
  eventType: "Microsoft.Storage.BlobCreated",
  subject: "/blobServices/default/containers/raw/blobs/a.jpg",
};
const validation = {
  eventType: "Microsoft.EventGrid.SubscriptionValidationEvent",
  data: { validationCode: "512d38b6", validationUrl: "https://rp-westeurope.eventgrid.azure.net/validate" },
};

describe("Event Grid's webhook", () => {
  it("says poll now, and nothing more, when something was written", async () => {
    expect(await call([created])).toEqual({ status: 200, poll: true });
    expect(await call({ type: "Microsoft.Storage.BlobCreated", specversion: "1.0" })).toEqual({
      status: 200,
      poll: true,
    });
  });

  it("answers a subscription's validation with its code, and polls nothing", async () => {
    const { status, body, poll } = await call([validation]);
    expect({ status, body: JSON.parse(body ?? ""), poll }).toEqual({
      status: 200,
      body: { validationResponse: "512d38b6" },
      poll: false,
    });
  });

  it("lets CloudEvents be sent by who asks with the key", async () => {
    const headers = { "webhook-request-origin": "eventgrid.azure.net" };
    expect(await call("", { method: "OPTIONS", headers })).toEqual({
      status: 200,
      headers: { "webhook-allowed-origin": "eventgrid.azure.net" },
      poll: false,
    });
  });

  it.each([{}, { key: "" }, { key: "the kez" }, { key: "the key and more" }])(
    "answers 403 to %j in place of the key, and starts nothing, not even a validation",
    async (query) => {
      for (const [events, method] of [
        [[created], "POST"],
        [[validation], "POST"],
        ["", "OPTIONS"],
      ] as const)
        expect(await call(events, { method, query })).toEqual({ status: 403, poll: false });
    },
  );

  it.each(["", "no JSON", "null", "3", '"text"'])("answers 400 to %j, and starts nothing", async (body) => {
    expect(await call(body)).toEqual({ status: 400, poll: false });
  });

  it("starts nothing for no events, and for other methods", async () => {
    expect(await call([])).toEqual({ status: 200, poll: false });
    expect(await call([created], { method: "GET" })).toMatchObject({ status: 405, poll: false });
  });
});
