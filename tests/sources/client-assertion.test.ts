import { describe, expect, it } from "vitest";
import { clientAssertion } from "../../providers/sources/client-assertion.ts";
import { refusal } from "../contract/source/rig.ts";

const scope = "https://storage.azure.com/.default";

function entra(answer: () => Response) {
  const calls: { url: string; form: Record<string, string> }[] = [];
  const send: typeof fetch = async (input, init) => {
    calls.push({ url: String(input), form: Object.fromEntries(init?.body as URLSearchParams) });
    return answer();
  };
  let made = 0;
  const provider = clientAssertion({
    source: "studio",
    tenantId: "a-tenant",
    clientId: "a-client",
    assertion: async () => `jwt ${++made}`,
    fetch: send,
  });
  return { provider, calls };
}

describe("a token of Entra ID for an identity in AWS", () => {
  it("is asked for with a fresh proof each time, in the body and never in the address", async () => {
    const { provider, calls } = entra(() => Response.json({ access_token: "a-token", expires_in: 3600 }));
    const before = Date.now();
    const first = await provider.getToken(scope);
    await provider.getToken([scope]);
    expect(first?.token).toBe("a-token");
    expect(first!.expiresOnTimestamp - before).toBeGreaterThanOrEqual(3_600_000);
    expect(calls.map(({ url }) => url)).toEqual(
      Array(2).fill("https://login.microsoftonline.com/a-tenant/oauth2/v2.0/token"),
    );
    expect(calls.map(({ form }) => form)).toEqual(
      [1, 2].map((count) => ({
        grant_type: "client_credentials",
        client_id: "a-client",
        scope,
        client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        client_assertion: `jwt ${count}`,
      })),
    );
  });

  it.each([
    [401, { error: "invalid_client" }, "CONFIG"],
    [400, { error: "invalid_grant" }, "AUTH"],
    [429, {}, "RATE_LIMITED"],
    [503, "a proxy's page", "UNAVAILABLE"],
    [200, {}, "UNAVAILABLE"],
  ])("is %i %j: %s", async (status, body, code) => {
    const { provider } = entra(() => new Response(JSON.stringify(body), { status }));
    const error = await refusal(provider.getToken(scope));
    expect(error.code).toBe(code);
    expect(error.message).not.toContain("jwt");
  });

  it("is UNAVAILABLE when nobody answers", async () => {
    const { provider } = entra(() => {
      throw new TypeError("fetch failed");
    });
    expect((await refusal(provider.getToken(scope))).code).toBe("UNAVAILABLE");
  });
});
