import { RequestError } from "@octokit/request-error";
import { RepositoryError } from "./types.ts";

/**
 * What GitHub's refusals mean. @see https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api
 * `now` is epoch milliseconds: the end of a primary limit comes as a moment.
 */
export function toRepositoryError(name: string, doing: string, error: unknown, now: number): unknown {
  if (!(error instanceof RequestError)) return error;
  const refuse = (code: RepositoryError["code"], detail: string, retryAfterMs?: number) =>
    new RepositoryError(name, code, `${detail} (GitHub, ${doing}: ${error.status} ${brief(error.message)})`, {
      cause: error,
      retryAfterMs,
    });
  const { status, response } = error;
  if (response === undefined) return refuse("UNAVAILABLE", "expected an answer, but the connection failed");
  const wait = waitOf(status, response.headers, error.message, now);
  if (wait !== undefined) return refuse("RATE_LIMITED", "the limit of requests is used up; it is tried again", wait);
  if (status === 401)
    return refuse("AUTH", "expected a token that is taken, but it was revoked or has run out; set another one");
  if (status === 403)
    return refuse("FORBIDDEN", "expected the right to do this; give it contents and pull requests, read and write");
  if (status === 404) return refuse("NOT_FOUND", "expected it to be there, and the token to be let see it");
  // Also of a repository without any commit.
  if (status === 409) return refuse("CONFLICT", "expected nobody else to be at it");
  if (status >= 500) return refuse("UNAVAILABLE", "expected an answer");
  return refuse("FORBIDDEN", "expected this to be taken");
}

/** Milliseconds to wait where a limit is reached, and undefined where none is. */
function waitOf(
  status: number,
  headers: RequestError["request"]["headers"],
  message: string,
  now: number,
): number | undefined {
  if (status !== 403 && status !== 429) return undefined;
  const after = headers["retry-after"];
  if (after !== undefined) return Math.max(1, Number(after) || 60) * 1000;
  const reset = Number(headers["x-ratelimit-reset"]);
  if (String(headers["x-ratelimit-remaining"]) === "0" && reset > 0) return Math.max(1000, reset * 1000 - now);
  // What is to be done where GitHub names no time. A 403 of the secondary limits is told from others by its words alone.
  return status === 429 || /secondary rate limit/i.test(message) ? 60_000 : undefined;
}

const brief = (message: string) => message.replace(/\s+/g, " ").slice(0, 300);
