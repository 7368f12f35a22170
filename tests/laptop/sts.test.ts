import { GetWebIdentityTokenCommand, STSClient } from "@aws-sdk/client-sts";
import { expect, it, onTestFinished } from "vitest";
import { stsEndpoint } from "../../local/aws/sts.ts";
import { credentials, region } from "./caller.ts";
import { serve } from "./serve.ts";

it("STS proves to nobody else who a function is, and says what to do instead", async () => {
  const url = await serve((...exchange) => void stsEndpoint(...exchange));
  const client = new STSClient({ region, endpoint: `${url}/aws/sts`, credentials, maxAttempts: 1 });
  onTestFinished(() => client.destroy());
  const ask = new GetWebIdentityTokenCommand({ Audience: ["api://x"], SigningAlgorithm: "RS256" });
  await expect(client.send(ask)).rejects.toMatchObject({
    name: "OutboundWebIdentityFederationDisabledException",
    message: expect.stringContaining("darkroom source connect"),
  });
});
