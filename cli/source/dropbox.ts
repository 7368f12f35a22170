import type { Connected, Flow } from "./connect.ts";
import { consentOf, exchange } from "./oauth.ts";

/** Dropbox shows the code on its own page when it is given no address to return to. */
export async function connectDropbox({ endpoint, asks, say, client, writes, fetch }: Flow): Promise<Connected> {
  const scopes = ["account_info.read", "files.metadata.read", "files.content.read"];
  const { address, verifier } = consentOf(endpoint.authorize, {
    client_id: client.clientId,
    token_access_type: "offline",
    scope: [...scopes, ...(writes ? ["files.content.write"] : [])].join(" "),
  });
  say("Open this address, allow the access, and copy the code that is shown:");
  say(address);
  const code = await asks.ask("Code: ");
  // With a verifier Dropbox wants no secret; whether that is right shows when the token is tried.
  const form = { code, client_id: client.clientId, code_verifier: verifier };
  const { refreshToken } = await exchange(endpoint.token, form, fetch);
  return { ...client, refreshToken };
}
