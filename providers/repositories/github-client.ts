import { setTimeout as sleep } from "node:timers/promises";
import { createAppAuth } from "@octokit/auth-app";
import { request as octokitRequest } from "@octokit/request";
import { RequestError } from "@octokit/request-error";
import { toRepositoryError } from "./github-errors.ts";
import { RepositoryError } from "./types.ts";

export type GithubAuth =
  | { readonly token: string }
  | { readonly appId: string; readonly privateKey: string; readonly installationId: string };

export interface GithubClientOptions {
  readonly name: string;
  readonly auth: GithubAuth;
  /** Of another host than github.com. @default https://api.github.com */
  readonly endpoint?: string;
  /** @default globalThis.fetch */
  readonly fetch?: typeof fetch;
  readonly wait?: (ms: number) => Promise<unknown>;
}

/** A route such as `GET /git/trees/{sha}` of the one repository, and what it takes. */
export type Ask = <T>(route: string, parameters?: Readonly<Record<string, unknown>>) => Promise<T>;

export interface GithubClient {
  readonly ask: Ask;
  /** The same for a body that is not read. */
  readonly stream: (
    route: string,
    parameters?: Readonly<Record<string, unknown>>,
  ) => Promise<ReadableStream<Uint8Array>>;
}

/** What is asked is given up after so long without an answer. */
const timeoutMs = 60_000;
/** A pause up to this long is waited for; a longer one ends the look. */
const patienceMs = 10_000;
const mostTries = 3;

/** Asks GitHub about one repository. What fails in passing is asked again, if asking twice does no harm. */
export function githubClient(repo: string, options: GithubClientOptions): GithubClient {
  const { name, endpoint = "https://api.github.com", wait = (ms) => sleep(ms) } = options;
  const [owner, repository] = repo.split("/");
  const base = octokitRequest.defaults({
    baseUrl: endpoint.replace(/\/+$/, ""),
    owner,
    repo: repository,
    headers: { "user-agent": "darkroom", "x-github-api-version": "2022-11-28" },
    request: { fetch: options.fetch ?? fetch },
  });
  const authorization = authorizationBy(name, options.auth, base);

  async function send(route: string, parameters: Readonly<Record<string, unknown>>, inner: object): Promise<unknown> {
    const [method, path] = route.split(" ");
    for (let tries = 1; ; tries++)
      try {
        const signal = AbortSignal.timeout(timeoutMs);
        const { data } = await base(`${method} /repos/{owner}/{repo}${path}`, {
          ...parameters,
          headers: { ...(parameters["headers"] as object), authorization: await authorization() },
          request: { signal, fetch: options.fetch ?? fetch, ...inner },
        });
        return data as unknown;
      } catch (caught) {
        const error = isTimeout(caught)
          ? new RepositoryError(name, "UNAVAILABLE", `expected an answer within ${timeoutMs} ms (GitHub, ${route})`)
          : toRepositoryError(name, route, caught, Date.now());
        const pause = pauseAfter(error, method === "GET", tries);
        if (pause === undefined) throw error;
        await wait(pause);
      }
  }
  return {
    ask: <T>(route: string, parameters = {}) => send(route, parameters, {}) as Promise<T>,
    stream: (route, parameters = {}) =>
      send(route, parameters, { parseSuccessResponseBody: false }) as Promise<ReadableStream<Uint8Array>>,
  };
}

function authorizationBy(name: string, auth: GithubAuth, request: typeof octokitRequest): () => Promise<string> {
  if ("token" in auth) return async () => `Bearer ${auth.token}`;
  // It keeps the installation's token for the hour that it lasts.
  const app = createAppAuth({ ...auth, request });
  return async () => {
    try {
      return `Bearer ${(await app({ type: "installation" })).token}`;
    } catch (cause) {
      if (cause instanceof RequestError || isTimeout(cause)) throw cause;
      throw new RepositoryError(name, "CONFIG", "expected the private key of a GitHub App, PEM and all", { cause });
    }
  };
}

function pauseAfter(error: unknown, isHarmless: boolean, tries: number): number | undefined {
  if (!(error instanceof RepositoryError) || tries >= mostTries) return undefined;
  if (error.code === "RATE_LIMITED")
    return (error.retryAfterMs ?? Number.POSITIVE_INFINITY) <= patienceMs ? error.retryAfterMs : undefined;
  return error.code === "UNAVAILABLE" && isHarmless ? 500 * 2 ** tries : undefined;
}

const isTimeout = (error: unknown) => error instanceof Error && ["TimeoutError", "AbortError"].includes(error.name);
