import type { Readable } from "node:stream";
import { Dropbox, type DropboxResponse } from "dropbox";
import { type DropboxRefusal, dropboxError, isRefusal } from "./dropbox-errors.ts";
import { assertJson, bytesFrom, type Range, unanswered } from "./ranged.ts";
import { authorised, givenToken, keptToken, type RefreshSettings, refreshGrant } from "./token.ts";

export interface DropboxAccess {
  /** The source's name. */
  readonly source: string;
  /** An access token that somebody else keeps, or what obtains one. */
  readonly token: (() => Promise<string>) | RefreshSettings;
  /** Id of the team space that paths start from. @default the member's own folder */
  readonly pathRoot?: string;
  readonly fetch?: typeof fetch;
}

export interface DropboxClient {
  readonly sdk: Dropbox;
  /** The result of one SDK call. @throws SourceError, save for the refusals that `passing` takes. */
  call<T>(
    doing: string,
    run: (sdk: Dropbox) => Promise<DropboxResponse<T>>,
    passing?: (error: unknown) => boolean,
  ): Promise<T>;
  /** Bytes of a path, `id:…` or `rev:…`. @throws SourceError */
  download(path: string, doing: string, part: Range & { readonly signal?: AbortSignal }): Promise<Readable>;
}

export function dropboxClient({ source, token, pathRoot, fetch: send = fetch }: DropboxAccess): DropboxClient {
  const tokens =
    typeof token === "function"
      ? givenToken(token)
      : keptToken(refreshGrant({ source, tokenUrl, settings: token, fetch: send }));
  const carried = authorised(tokens, send);
  const root = pathRoot && JSON.stringify({ ".tag": "namespace_id", namespace_id: pathRoot });
  const sdk = new Dropbox({ fetch: timed(carried), pathRoot: root });
  return {
    sdk,
    async call(doing, run, passing = () => false) {
      try {
        const { result } = await run(sdk);
        return assertJson(source, "Dropbox", result);
      } catch (error) {
        if (passing(error)) throw error;
        throw isRefusal(error) ? dropboxError(source, error, doing) : unanswered(source, "Dropbox", error);
      }
    },
    download: (path, doing, { signal, ...range }) =>
      bytesFrom({
        ...range,
        source,
        refusal: async (response) => dropboxError(source, await refusalOf(response), doing),
        ask: (headers) =>
          carried(downloadUrl, {
            method: "POST",
            signal,
            headers: {
              ...headers,
              "dropbox-api-arg": headerSafe({ path }),
              ...(root && { "dropbox-api-path-root": root }),
            },
          }).catch((error) => {
            throw unanswered(source, "Dropbox", error, signal);
          }),
      }),
  };
}

const tokenUrl = "https://api.dropboxapi.com/oauth2/token";
const downloadUrl = "https://content.dropboxapi.com/2/files/download";

/** For one listing or one block of an upload. */
const timeoutMs = 60_000;

const timed =
  (send: typeof fetch): typeof fetch =>
  (input, init) =>
    send(input, {
      ...init,
      signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(init?.signal ? [init.signal] : [])]),
    });

/** JSON for a header, which holds only ASCII. */
const headerSafe = (value: unknown) =>
  JSON.stringify(value).replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);

async function refusalOf(response: Response): Promise<DropboxRefusal> {
  const { status, headers } = response;
  return { status, headers, error: parsed(await response.text().catch(() => "")) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
