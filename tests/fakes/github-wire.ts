import type { FakeCommit, Leaf } from "./github-git.ts";
import type { Answer } from "./service.ts";

/** How GitHub's REST interface writes things: https://docs.github.com/en/rest */

export interface FakePull {
  readonly number: number;
  readonly head: string;
  readonly base: string;
  title: string;
  body: string;
  state: "open" | "closed";
  merged: boolean;
}

const docs = "https://docs.github.com/rest";
export const refusal = (status: number, message: string, errors?: readonly object[]): Answer => ({
  status,
  json: { message, ...(errors && { errors }), documentation_url: docs, status: String(status) },
});
export const notFound = refusal(404, "Not Found");
export const badCredentials = refusal(401, "Bad credentials");
export const invalid = (resource: string, message: string) =>
  refusal(422, "Validation Failed", [{ resource, code: "custom", message }]);

/** https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api */
export const limited = {
  /** The hour's requests are used up until a moment, in seconds since 1970. */
  primary: (until: number): Answer => ({
    ...refusal(403, "API rate limit exceeded for user ID 1."),
    headers: { "x-ratelimit-limit": "5000", "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(until) },
  }),
  /** Too much at once. */
  secondary: (status: 403 | 429, after?: number): Answer => ({
    ...refusal(status, "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."),
    headers: { "x-ratelimit-remaining": "4321", ...(after !== undefined && { "retry-after": String(after) }) },
  }),
};

export const commitJson = (sha: string, { tree, parents, message }: FakeCommit) => ({
  sha,
  message,
  tree: { sha: tree },
  parents: parents.map((parent) => ({ sha: parent })),
});

export const refJson = (branch: string, sha: string) => ({
  ref: `refs/heads/${branch}`,
  object: { type: "commit", sha },
});

export const leafJson = ({ path, mode, sha }: Leaf, size: number | undefined) => ({
  path,
  mode,
  type: mode === "040000" ? "tree" : mode === "160000" ? "commit" : "blob",
  sha,
  ...(size !== undefined && { size }),
});

export const pullJson = (repo: string, { number, title, body, state, merged, head, base }: FakePull) => ({
  number,
  title,
  body,
  state,
  merged,
  html_url: `https://github.com/${repo}/pull/${number}`,
  head: { ref: head },
  base: { ref: base },
});
