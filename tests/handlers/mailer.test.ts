import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { SESv2Client } from "@aws-sdk/client-sesv2";
import { expect, it } from "vitest";
import { sesMailer } from "../../handlers/aws/mailer.ts";

it("stops trying when it is told to give up", async () => {
  const asked: unknown[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url);
    response.writeHead(503).end();
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const client = new SESv2Client({
    region: "eu-west-1",
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: "AKIA", secretAccessKey: "secret" },
    maxAttempts: 1000,
  });
  const mail = { to: "ann@example.com", subject: "Hello", text: "Text.", html: "<p>Text.</p>" };
  const giveUp = AbortSignal.timeout(300);
  await expect(sesMailer(client, "darkroom@example.com")(mail, giveUp)).rejects.toMatchObject({ name: "AbortError" });
  expect(asked.length).toBeGreaterThan(0);
  client.destroy();
  server.close();
  server.closeAllConnections();
});

it("sends one mail in two versions, its address in a field of its own", async () => {
  const asked: unknown[] = [];
  const server = createServer(async (request, response) => {
    asked.push([`${request.method} ${request.url}`, await json(request)]);
    response.writeHead(200, { "content-type": "application/json" }).end(`{"MessageId":"1"}`);
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const client = new SESv2Client({
    region: "eu-west-1",
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: "AKIA", secretAccessKey: "secret" },
  });
  const mail = { to: "ann@example.com", subject: "Für dich", text: "Text.", html: "<p>Text.</p>" };
  await sesMailer(client, "darkroom@example.com")(mail);
  client.destroy();
  server.close();
  const utf8 = (Data: string) => ({ Data, Charset: "UTF-8" });
  expect(asked).toEqual([
    [
      "POST /v2/email/outbound-emails",
      {
        FromEmailAddress: "darkroom@example.com",
        Destination: { ToAddresses: ["ann@example.com"] },
        Content: { Simple: { Subject: utf8("Für dich"), Body: { Text: utf8("Text."), Html: utf8("<p>Text.</p>") } } },
      },
    ],
  ]);
});
