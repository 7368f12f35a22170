import { createHash, randomBytes } from "node:crypto";
import { CliError } from "../output.ts";

export type ConnectKind = "dropbox" | "google-drive";

export interface Endpoint {
  readonly authorize: string;
  readonly token: string;
}
export type Endpoints = Readonly<Record<ConnectKind, Endpoint>>;

export const endpoints: Endpoints = {
  dropbox: {
    authorize: "https://www.dropbox.com/oauth2/authorize",
    token: "https://api.dropboxapi.com/oauth2/token",
  },
  "google-drive": {
    authorize: "https://accounts.google.com/o/oauth2/v2/auth",
    token: "https://oauth2.googleapis.com/token",
  },
};

export interface Consent {
  /** The page on which the person allows it. */
  readonly address: string;
  readonly verifier: string;
  readonly state: string;
}

/** A request for consent with PKCE (RFC 7636), so that the code is of use to nobody else. */
export function consentOf(authorize: string, parameters: Readonly<Record<string, string>>): Consent {
  const verifier = randomBytes(48).toString("base64url");
  const state = randomBytes(16).toString("base64url");
  const address = new URL(authorize);
  const challenge = createHash("sha256").update(verifier).digest("base64url");
  for (const [name, value] of Object.entries({
    ...parameters,
    response_type: "code",
    state,
    code_challenge: challenge,
    code_challenge_method: "S256",
  }))
    address.searchParams.set(name, value);
  return { address: address.href, verifier, state };
}

export interface Granted {
  readonly refreshToken: string;
  /** Seconds, where the consent itself runs out. */
  readonly consentEndsIn?: number;
}

/** Exchanges a code. @throws CliError that tells the status and OAuth's own code, never what was sent */
export async function exchange(
  address: string,
  form: Readonly<Record<string, string>>,
  send: typeof fetch = fetch,
): Promise<Granted> {
  const body = new URLSearchParams({ ...form, grant_type: "authorization_code" });
  const { status, answer } = await post(address, body, send);
  if (status !== 200) {
    const told = typeof answer["error"] === "string" ? ` ${answer["error"]}` : "";
    throw new CliError(
      "REFUSED",
      `Expected a refresh token for the code, received ${status}${told}. Codes last minutes and work once: begin again, and check id and secret of the app.`,
    );
  }
  const { refresh_token: refreshToken, refresh_token_expires_in: ends } = answer;
  if (typeof refreshToken !== "string")
    throw new CliError(
      "NO_REFRESH_TOKEN",
      "Expected a refresh token for the code, received none: access would end in hours.",
    );
  return { refreshToken, ...(typeof ends === "number" && { consentEndsIn: ends }) };
}

async function post(address: string, body: URLSearchParams, send: typeof fetch) {
  try {
    const response = await send(address, {
      method: "POST",
      body,
      signal: AbortSignal.timeout(30_000),
      redirect: "error",
    });
    const answer = Object(await response.json().catch(() => undefined)) as Readonly<Record<string, unknown>>;
    return { status: response.status, answer };
  } catch (cause) {
    // fetch rejects for the network's and the clock's sake alone.
    throw new CliError("UNREACHABLE", `Expected an answer of ${new URL(address).host}, received none.`, { cause });
  }
}
