import { GetAccountCommand, SESv2Client, SendEmailCommand, type SendEmailCommandInput } from "@aws-sdk/client-sesv2";
import { describe, expect, it, onTestFinished } from "vitest";
import { createSes, type SentMail } from "../../local/aws/ses.ts";
import { account, credentials, knowing, region } from "./caller.ts";
import { serve } from "./serve.ts";

const arnOf = (kind: string, name: string) => `arn:aws:ses:${region}:${account}:${kind}/${name}`;
const settings = arnOf("configuration-set", "strict");
const identity = arnOf("identity", "example.com");
const mayFrom = (address: string, Resource: readonly string[] = [identity, settings]) =>
  knowing({
    Effect: "Allow",
    Action: "ses:SendEmail",
    Resource,
    Condition: { StringEquals: { "ses:FromAddress": address } },
  });

async function ses(deps = mayFrom("darkroom@example.com")) {
  const delivered: SentMail[] = [];
  const endpoint = createSes({
    identities: [
      { name: "example.com", arn: identity, configurationSet: "strict" },
      { name: "bare@other.example", arn: arnOf("identity", "bare@other.example") },
    ],
    configurationSets: new Map([["strict", settings]]),
    deliver: async (mail) => void delivered.push(mail),
    deps,
  });
  const url = await serve((...exchange) => void endpoint(...exchange));
  const client = new SESv2Client({ region, endpoint: `${url}/aws/ses`, credentials, maxAttempts: 1 });
  onTestFinished(() => client.destroy());
  const send = (change: Partial<SendEmailCommandInput> = {}) =>
    client.send(
      new SendEmailCommand({
        FromEmailAddress: "darkroom@example.com",
        Destination: { ToAddresses: ["ann@example.org"] },
        Content: {
          Simple: { Subject: { Data: "Grüße" }, Body: { Text: { Data: "text" }, Html: { Data: "<p>html" } } },
        },
        ...change,
      }),
    );
  return { client, send, delivered };
}

describe("SES", () => {
  it("delivers a mail of whom the graph has an identity for", async () => {
    const { send, delivered } = await ses();
    expect((await send()).MessageId).toMatch(/./);
    expect(delivered).toEqual([
      { from: "darkroom@example.com", to: ["ann@example.org"], subject: "Grüße", text: "text", html: "<p>html" },
    ]);
  });

  it("keeps what is attached, with the id by which the mail shows it", async () => {
    const { send, delivered } = await ses();
    const image = { RawContent: Buffer.from("png"), FileName: "hours.png", ContentType: "image/png", ContentId: "h@d" };
    const file = { RawContent: Buffer.from("?"), FileName: "any" };
    const Simple = { Subject: { Data: "x" }, Body: { Html: { Data: "<img src=cid:h@d>" } } };
    await send({ Content: { Simple: { ...Simple, Attachments: [image, file] } } });
    expect(delivered[0]?.attachments).toEqual([
      { name: "hours.png", type: "image/png", id: "h@d", base64: "cG5n" },
      { name: "any", type: "application/octet-stream", id: undefined, base64: "Pw==" },
    ]);
  });

  it.each([
    ["another address of the identity", mayFrom("other@example.com"), identity],
    ["the identity without its settings", mayFrom("darkroom@example.com", [identity]), settings],
    ["no identity", mayFrom("darkroom@example.com", [settings]), identity],
  ])("keeps a mail back whose sender may only use %s, and names what is missing", async (_, deps, missing) => {
    const { send, delivered } = await ses(deps);
    await expect(send()).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: expect.stringContaining(`ses:SendEmail on resource: ${missing}`),
    });
    expect(delivered).toEqual([]);
  });

  it("looks for the address's own identity before its domain's", async () => {
    const { send, delivered } = await ses(mayFrom("bare@other.example", [arnOf("identity", "bare@other.example")]));
    await send({ FromEmailAddress: "Darkroom <bare@other.example>" });
    expect(delivered).toHaveLength(1);
  });

  it.each([
    ["an unknown sender", { FromEmailAddress: "a@elsewhere.example" }, "MessageRejected"],
    ["unknown settings", { ConfigurationSetName: "loose" }, "NotFoundException"],
    [
      "a header in an address",
      { Destination: { ToAddresses: ["a@b.example\r\nBcc: c@d.example"] } },
      "BadRequestException",
    ],
    ["two addresses in one", { Destination: { ToAddresses: ["a@b.example,c@d.example"] } }, "BadRequestException"],
    ["no address", { Destination: {} }, "BadRequestException"],
    [
      "a subject of two lines",
      { Content: { Simple: { Subject: { Data: "a\nBcc: b@c.example" }, Body: { Text: { Data: "x" } } } } },
      "BadRequestException",
    ],
    [
      "an attachment without a name",
      {
        Content: {
          Simple: {
            Subject: { Data: "a" },
            Body: { Text: { Data: "x" } },
            Attachments: [{ RawContent: Buffer.from("x"), FileName: undefined }],
          },
        },
      },
      "BadRequestException",
    ],
    ["a raw mail", { Content: { Raw: { Data: Buffer.from("x") } } }, "BadRequestException"],
  ])("refuses %s", async (_, change, name) => {
    const { send, delivered } = await ses();
    await expect(send(change)).rejects.toMatchObject({ name });
    expect(delivered).toEqual([]);
  });

  it("refuses what it does not do, by name", async () => {
    const { client } = await ses();
    await expect(client.send(new GetAccountCommand({}))).rejects.toMatchObject({ name: "NotFoundException" });
  });
});
