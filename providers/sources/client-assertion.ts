import type { TokenProvider } from "./azure-blob-client.ts";
import { type ObtainedToken, retryAfterMs, tokenError } from "./token.ts";
import { SourceError } from "./types.ts";

export interface ClientAssertionDeps {
  /** Name of the source. */
  readonly source: string;
  readonly tenantId: string;
  readonly clientId: string;
  /** A fresh JWT that Entra ID was told to trust for this client, such as the answer of `sts:GetWebIdentityToken`. */
  readonly assertion: () => Promise<string>;
  /** @default https://login.microsoftonline.com */
  readonly authority?: string;
  /** @default globalThis.fetch */
  readonly fetch?: typeof fetch;
}

/**
 * A token of Entra ID for somebody else's proof of identity, so that no secret of Azure is kept:
 * https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow, third case.
 * One documented call, for which @azure/identity would bring 53 MB.
 */
export const clientAssertion = (deps: ClientAssertionDeps): TokenProvider => ({
  async getToken(scopes) {
    const scope = [scopes].flat().join(" ");
    const { value, expiresInSeconds } = await obtain(deps, scope);
    return { token: value, expiresOnTimestamp: Date.now() + expiresInSeconds * 1000 };
  },
});

async function obtain(deps: ClientAssertionDeps, scope: string): Promise<ObtainedToken> {
  const { source, tenantId, clientId, assertion, authority = "https://login.microsoftonline.com" } = deps;
  const body = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: clientId,
    scope,
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    client_assertion: await assertion(),
  });
  const address = new URL(`/${encodeURIComponent(tenantId)}/oauth2/v2.0/token`, authority);
  const { status, wait, answer } = await post(deps, address, body);
  if (status !== 200) throw tokenError(source, status, answer["error"], wait);
  const { access_token: value, expires_in: expiresInSeconds } = answer;
  if (typeof value !== "string" || typeof expiresInSeconds !== "number")
    throw new SourceError(
      source,
      "UNAVAILABLE",
      "expected an access token and its lifetime of Entra ID, received neither",
    );
  return { value, expiresInSeconds };
}

async function post({ source, fetch: send = fetch }: ClientAssertionDeps, address: URL, body: URLSearchParams) {
  try {
    const signal = AbortSignal.timeout(30_000);
    const response = await send(address, { method: "POST", body, signal, redirect: "error" });
    const answer = Object(await response.json().catch(() => undefined)) as Readonly<Record<string, unknown>>;
    return { status: response.status, wait: retryAfterMs(response.headers.get("retry-after")), answer };
  } catch (cause) {
    // fetch rejects for the network's and the clock's sake alone.
    throw new SourceError(source, "UNAVAILABLE", "Entra ID gave no answer", { cause });
  }
}
