import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { STSClient } from "@aws-sdk/client-sts";
import { afterEach, describe, expect, it } from "vitest";
import { webIdentity } from "../../handlers/aws/web-identity.ts";
import { refusal } from "../contract/source/rig.ts";

const closing: (() => unknown)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** STS that answers everything alike, and what it was asked. */
async function sts(status: number, body: string) {
  const asked: URLSearchParams[] = [];
  const server: Server = createServer(async (request, response) => {
    asked.push(new URLSearchParams(await text(request)));
    response.writeHead(status, { "content-type": "text/xml" }).end(body);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const client = new STSClient({
    region: "eu-west-1",
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: "AKIA", secretAccessKey: "secret" },
    maxAttempts: 1,
  });
  closing.push(
    () => client.destroy(),
    () => server.close(),
  );
  return { client, asked };
}
const failure = (code: string) =>
  `<ErrorResponse><Error><Code>${code}</Code><Message>No.</Message></Error></ErrorResponse>`;

describe("a proof of identity from AWS", () => {
  it("is made out to its audience, for as short as will do, and signed as Entra ID reads it", async () => {
    const { client, asked } = await sts(
      200,
      "<GetWebIdentityTokenResponse><GetWebIdentityTokenResult><WebIdentityToken>a.jwt.here</WebIdentityToken></GetWebIdentityTokenResult></GetWebIdentityTokenResponse>",
    );
    expect(await webIdentity("studio", "api://AzureADTokenExchange", client)).toBe("a.jwt.here");
    expect(Object.fromEntries(asked[0]!)).toMatchObject({
      Action: "GetWebIdentityToken",
      "Audience.member.1": "api://AzureADTokenExchange",
      SigningAlgorithm: "RS256",
      DurationSeconds: "300",
    });
  });

  it.each([
    [403, "OutboundWebIdentityFederationDisabledException", "CONFIG", "enable-outbound-web-identity-federation"],
    [403, "AccessDenied", "FORBIDDEN", "entra: { tenantId, clientId }"],
    [500, "InternalFailure", "UNAVAILABLE", "InternalFailure"],
  ])("that is refused with %i %s is said to be %s, with what to do", async (status, code, expected, words) => {
    const { client } = await sts(status, failure(code));
    const error = await refusal(webIdentity("studio", "api://AzureADTokenExchange", client));
    expect(error.code).toBe(expected);
    expect(error.message).toContain(words);
  });
});
