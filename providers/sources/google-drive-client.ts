import type { Readable } from "node:stream";
import { drive, type drive_v3, auth as googleAuth } from "googleapis/build/src/apis/drive/index.js";
import { type DriveRefusal, driveError } from "./google-drive-errors.ts";
import { assertJson, bytesFrom, type Range, unanswered } from "./ranged.ts";
import {
  authorised,
  givenToken,
  keptToken,
  type ObtainedToken,
  type RefreshSettings,
  refreshGrant,
  tokenError,
} from "./token.ts";
import { SourceError } from "./types.ts";

/** A Google service account's key. */
export interface ServiceAccount {
  readonly clientEmail: string;
  /** PEM. */
  readonly privateKey: string;
  /** Address of the user it acts for, where the domain allows that. */
  readonly subject?: string;
}

export interface DriveAccess {
  /** The source's name. */
  readonly source: string;
  /** An access token that somebody else keeps, or what obtains one. */
  readonly auth: (() => Promise<string>) | RefreshSettings | ServiceAccount;
  /** The service account, or the consent, is only asked for reading unless results are written. */
  readonly writes: boolean;
  readonly fetch?: typeof fetch;
}

export interface DriveClient {
  readonly source: string;
  /** The result of one SDK call. @throws SourceError, save for the refusals that `passing` takes: a Refused */
  call<T>(
    doing: string,
    run: (sdk: drive_v3.Drive) => Promise<{ readonly data: T }>,
    passing?: (refusal: DriveRefusal) => boolean,
  ): Promise<T>;
  /** @throws SourceError when there is no answer */
  send(url: URL | string, init: RequestInit): Promise<Response>;
  /** What a response other than the wanted one means. */
  refusal(response: Response, doing: string): Promise<SourceError>;
  /** A file's bytes. @throws SourceError */
  download(id: string, doing: string, part: Range & { readonly signal?: AbortSignal }): Promise<Readable>;
}

/** A refusal that the caller asked to have passed on. */
export class Refused extends Error {
  override readonly name = "Refused";
}

export function driveClient({ source, auth, writes, fetch: plain = fetch }: DriveAccess): DriveClient {
  const carried = authorised(tokensOf({ source, auth, writes, fetch: plain }), plain);
  // Its own repeating covers 429 but not Drive's 403 for the same, and would sit out a Lambda's time.
  const sdk = drive({ version: "v3", fetchImplementation: carried, retry: false, timeout: timeoutMs });

  const send: DriveClient["send"] = (url, init) =>
    carried(url, init).catch((error) => {
      throw unanswered(source, "Drive", error, init.signal ?? undefined);
    });
  const refusal = async (response: Response, doing: string) => {
    const { status, headers } = response;
    return driveError(source, { status, headers, data: parsed(await response.text().catch(() => "")) }, doing);
  };
  return {
    source,
    send,
    refusal,
    async call(doing, run, passing = () => false) {
      try {
        const { data } = await run(sdk);
        return assertJson(source, "Drive", data);
      } catch (error) {
        if (error instanceof SourceError) throw error;
        const { response, cause } = error as { response?: DriveRefusal; cause?: unknown };
        if (response && passing(response)) throw new Refused(`Drive refused ${doing}`);
        if (response) throw driveError(source, response, doing);
        // The SDK's own error holds the whole request.
        throw unanswered(source, "Drive", cause ?? error);
      }
    },
    download: (id, doing, { signal, ...range }) =>
      bytesFrom({
        ...range,
        source,
        refusal: (response) => refusal(response, doing),
        ask: (headers) => send(mediaUrl(id), { headers, signal }),
      }),
  };
}

const mediaUrl = (id: string) =>
  `https://www.googleapis.com/drive/v3/files/${encodeURIComponent(id)}?alt=media&supportsAllDrives=true`;

const tokenUrl = "https://oauth2.googleapis.com/token";
const timeoutMs = 60_000;

function tokensOf({ source, auth, writes, fetch }: Required<DriveAccess>) {
  if (typeof auth === "function") return givenToken(auth);
  if ("refreshToken" in auth) return keptToken(refreshGrant({ source, tokenUrl, settings: auth, fetch }));
  return keptToken(() => assertionGrant(source, auth, writes, fetch));
}

/** A token for a signed assertion. A new client each time, because it would keep the token in its own way. */
async function assertionGrant(
  source: string,
  { clientEmail: email, privateKey: key, subject }: ServiceAccount,
  writes: boolean,
  fetch: typeof globalThis.fetch,
): Promise<ObtainedToken> {
  const scopes = [`https://www.googleapis.com/auth/drive${writes ? "" : ".readonly"}`];
  const transporterOptions = { fetchImplementation: fetch };
  const jwt = new googleAuth.JWT({ email, key, subject, scopes, transporterOptions });
  try {
    const { access_token: value, expiry_date } = await jwt.authorize();
    if (!value || !expiry_date) throw new SourceError(source, "UNAVAILABLE", "expected an access token, received none");
    return { value, expiresInSeconds: (expiry_date - Date.now()) / 1000 };
  } catch (error) {
    const { response } = error as { response?: DriveRefusal };
    // Without the SDK's error, which holds the assertion.
    if (response) throw tokenError(source, response.status, Object(response.data).error);
    throw unanswered(source, "the token service", (error as Error).cause ?? error);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
