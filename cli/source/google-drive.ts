import { randomBytes } from "node:crypto";
import { CliError } from "../output.ts";
import type { Connected, Flow } from "./connect.ts";
import { codeIn, loopback } from "./loopback.ts";
import { consentOf, exchange } from "./oauth.ts";

/** Google sends the browser back to this machine; where it runs on another, its last address is pasted. */
export async function connectGoogleDrive({ endpoint, asks, say, client, writes, fetch }: Flow): Promise<Connected> {
  const { clientId: client_id, clientSecret: client_secret } = client;
  const local = await loopback();
  try {
    const { address, verifier, state } = consentOf(endpoint.authorize, {
      client_id,
      redirect_uri: local.redirect,
      scope: `https://www.googleapis.com/auth/${writes ? "drive" : "drive.readonly"}`,
      access_type: "offline",
      // Only a consent that was just given brings a refresh token.
      prompt: "consent",
    });
    say("Open this address and allow the access:");
    say(address);
    say("Waiting for the browser. If it runs on another machine, paste the address it ended at.");
    const code = await Promise.race([local.code(state), pastedCode({ asks, say, state })]);
    const form = { client_id, client_secret, code, code_verifier: verifier, redirect_uri: local.redirect };
    const { refreshToken, consentEndsIn } = await exchange(endpoint.token, form, fetch);
    if (consentEndsIn !== undefined)
      say(
        `Attention: this access ends in ${Math.round(consentEndsIn / 86_400)} days, because the app's consent screen is in testing.`,
      );
    // What Drive is to repeat in its calls, so that they can be told from forged ones.
    return { ...client, refreshToken, webhookSecret: randomBytes(32).toString("base64url") };
  } finally {
    local.close();
  }
}

/** Asks until the right address comes. Where nobody can answer it waits for ever: the browser may still come. */
async function pastedCode({
  asks,
  say,
  state,
}: Pick<Flow, "asks" | "say"> & { readonly state: string }): Promise<string> {
  for (;;) {
    try {
      return codeIn(await asks.ask(""), state);
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      if (error.code === "NO_ANSWER") return new Promise(() => {});
      if (error.code !== "WRONG_ANSWER") throw error;
      say(error.message);
    }
  }
}
