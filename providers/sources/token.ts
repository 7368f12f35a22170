import { SourceError } from "./types.ts";

/** What an OAuth application was given for one account. */
export interface RefreshSettings {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly refreshToken: string;
}

export interface Tokens {
  /** An access token that is good for a while. */
  current(): Promise<string>;
  /** Another one than `refused`; undefined where there is none. */
  renewed(refused: string): Promise<string | undefined>;
}

export interface ObtainedToken {
  readonly value: string;
  readonly expiresInSeconds: number;
}

/** Long enough for the slowest single call that the token is given to. */
const marginSeconds = 300;

/**
 * Keeps one access token until shortly before it expires. However many ask at once, one obtains:
 * the SDKs refresh once for each cold call, and a service may count that against the application.
 */
export function keptToken(obtain: () => Promise<ObtainedToken>, now: () => number = Date.now): Tokens {
  let held: { readonly value: string; readonly until: number } | undefined;
  let obtaining: Promise<string> | undefined;

  async function fresh(): Promise<string> {
    const { value, expiresInSeconds } = await obtain();
    // A token of a few minutes still serves for most of them.
    held = { value, until: now() + (expiresInSeconds - Math.min(marginSeconds, expiresInSeconds / 5)) * 1000 };
    return value;
  }
  async function current(): Promise<string> {
    if (held && now() < held.until) return held.value;
    obtaining ??= fresh().finally(() => {
      obtaining = undefined;
    });
    return obtaining;
  }
  return {
    current,
    async renewed(refused) {
      if (held?.value === refused) held = undefined;
      const token = await current();
      return token === refused ? undefined : token;
    },
  };
}

/** A token that somebody else keeps: asked for each time, and again when it was refused. */
export function givenToken(token: () => Promise<string>): Tokens {
  return {
    current: token,
    async renewed(refused) {
      const other = await token();
      return other === refused ? undefined : other;
    },
  };
}

export interface RefreshDeps {
  /** Name of the source, for the messages. */
  readonly source: string;
  readonly tokenUrl: string;
  readonly settings: RefreshSettings;
  readonly fetch: typeof fetch;
}

/**
 * OAuth's refresh grant. Its form goes in the body, never in the address, where proxies and errors
 * would keep it; and no error tells more than the status and OAuth's own code.
 * @throws SourceError AUTH, CONFIG, RATE_LIMITED or UNAVAILABLE
 */
export const refreshGrant = (deps: RefreshDeps) => async (): Promise<ObtainedToken> => {
  const { source, settings } = deps;
  const form = {
    grant_type: "refresh_token",
    refresh_token: settings.refreshToken,
    client_id: settings.clientId,
    client_secret: settings.clientSecret,
  };
  const { response, answer } = await post(deps, new URLSearchParams(form));
  if (!response.ok)
    throw tokenError(source, response.status, answer.error, retryAfterMs(response.headers.get("retry-after")));
  const { access_token: value, expires_in: expiresInSeconds } = answer;
  if (typeof value !== "string" || typeof expiresInSeconds !== "number")
    throw new SourceError(
      source,
      "UNAVAILABLE",
      "expected an access token and its lifetime for the refresh token, received neither",
    );
  return { value, expiresInSeconds };
};

/** Why no token was given. `code` is OAuth's (RFC 6749, 5.2), as far as the body held one. */
export function tokenError(source: string, status: number, code: unknown, retryAfterMs?: number): SourceError {
  const told = `${status}${typeof code === "string" && /^\w{1,40}$/.test(code) ? ` ${code}` : ""}`;
  if (code === "invalid_grant") return reauthorise(source, told);
  if (status === 429)
    return new SourceError(source, "RATE_LIMITED", "too many token requests", {
      retryAfterMs: retryAfterMs ?? unsaidWaitMs,
    });
  if (status >= 500) return new SourceError(source, "UNAVAILABLE", `the token service answered ${told}`);
  return new SourceError(
    source,
    "CONFIG",
    `expected the application's credentials to be accepted, received ${told}: check client id and secret`,
  );
}

/** What people are told whenever an account has to be connected anew. */
export const reauthorise = (source: string, received: string) =>
  new SourceError(source, "AUTH", `re-authorise source ${source}: its access was refused or withdrawn (${received})`);

/** Where a service limits without saying for how long. */
export const unsaidWaitMs = 60_000;

/** Milliseconds of a `Retry-After`, which may also be a date. */
export function retryAfterMs(value: string | null | undefined, now: () => number = Date.now): number | undefined {
  if (value === null || value === undefined) return undefined;
  const wait = /^\d+(\.\d+)?$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now();
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}

/**
 * A fetch that carries the token. A refused one is replaced once: the SDKs renew by the clock
 * alone, so a token withdrawn early would fail until it expires. Bodies must be repeatable.
 */
export function authorised(tokens: Tokens, send: typeof fetch): typeof fetch {
  return async (input, init) => {
    const token = await tokens.current();
    const response = await send(input, carrying(token, init));
    if (response.status !== 401) return response;
    const other = await tokens.renewed(token);
    if (other === undefined) return response;
    await response.body?.cancel();
    return send(input, carrying(other, init));
  };
}

function carrying(token: string, init: RequestInit | undefined): RequestInit {
  const headers = new Headers(init?.headers);
  headers.set("authorization", `Bearer ${token}`);
  return { ...init, headers };
}

async function post(deps: RefreshDeps, body: URLSearchParams) {
  try {
    const signal = AbortSignal.timeout(30_000);
    const response = await deps.fetch(deps.tokenUrl, { method: "POST", body, signal, redirect: "error" });
    return { response, answer: fieldsOf(await response.text()) };
  } catch (cause) {
    // fetch rejects for the network's and the clock's sake alone, and tells no address.
    throw new SourceError(deps.source, "UNAVAILABLE", "the token service gave no answer", { cause });
  }
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text));
  } catch {
    // A proxy's page, say; the status tells what there is to tell.
    return {};
  }
}
