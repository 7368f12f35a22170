import { verifiedBlob } from "./github-blob.ts";
import { type Ask, type GithubClientOptions, githubClient } from "./github-client.ts";
import { filesOfTree } from "./github-tree.ts";
import { type Commit, type NewCommit, type Proposal, type Repository, RepositoryError } from "./types.ts";

export interface GithubOptions extends GithubClientOptions {
  /** `owner/name`. */
  readonly repo: string;
  /** Where people see it. @default https://github.com */
  readonly site?: string;
}

interface GitCommit {
  readonly sha: string;
  readonly message: string;
  readonly tree: { readonly sha: string };
}

/** A repository at GitHub, by its Git data API: https://docs.github.com/en/rest/git. Branches are never forced. */
export function githubRepository(options: GithubOptions): Repository {
  const { name, repo, site = "https://github.com" } = options;
  const { ask, stream } = githubClient(repo, options);

  async function head(branch: string): Promise<Commit | undefined> {
    const ref = await unlessMissing(
      ask<{ object: { sha: string } }>("GET /git/ref/heads/{+branch}", { branch: plain(branch) }),
    );
    return ref && toCommit(await ask<GitCommit>("GET /git/commits/{sha}", { sha: ref.object.sha }));
  }
  return {
    name,
    async head(branch) {
      const found = await head(branch);
      if (found === undefined) await assertVisible(ask, name, repo);
      return found;
    },
    files: (tree) => filesOfTree(name, ask, tree),
    async open(file) {
      const headers = { accept: "application/vnd.github.raw+json" };
      return verifiedBlob(name, file, await stream("GET /git/blobs/{sha}", { sha: file.blob, headers }));
    },
    async commit({ tree, changes, parents, message }) {
      let made = tree;
      for (const some of inPortions(changes))
        made = (await ask<{ sha: string }>("POST /git/trees", { base_tree: made, tree: some.map(toEntry) })).sha;
      return toCommit(await ask<GitCommit>("POST /git/commits", { message: message(made), tree: made, parents }));
    },
    async advance(branch, to) {
      const before = await head(branch);
      try {
        if (before === undefined) await ask("POST /git/refs", { ref: `refs/heads/${branch}`, sha: to.id });
        else if (before.id !== to.id)
          await ask("PATCH /git/refs/heads/{+branch}", { branch: plain(branch), sha: to.id, force: false });
        return true;
      } catch (error) {
        if (!isRefusal(error)) throw error;
        // GitHub refuses what does not follow on and what a rule forbids with one code: the branch tells them apart.
        const after = await head(branch);
        if (after?.id === to.id) return true;
        if (after?.id !== before?.id) return false;
        throw new RepositoryError(
          name,
          "FORBIDDEN",
          `expected to be let change the branch ${branch}, but it is protected. Deliver by pull-request, or let Darkroom pass the rule. ${error.message}`,
          { cause: error },
        );
      }
    },
    async propose(proposal) {
      const { title, from, into, body } = proposal;
      const update = async (found: Pull) => ask<Pull>("PATCH /pulls/{number}", { number: found.number, title, body });
      const found = await openProposal(ask, repo, proposal);
      const { number, html_url } = found ? await update(found) : await create();
      return { number, url: html_url };

      async function create(): Promise<Pull> {
        try {
          return await ask<Pull>("POST /pulls", { title, body, head: from, base: into });
        } catch (error) {
          // GitHub's list may lag behind: one that is there already is refused like anything else.
          const there = isRefusal(error) ? await openProposal(ask, repo, proposal) : undefined;
          if (there === undefined) throw error;
          return update(there);
        }
      }
    },
    async withdraw(proposal) {
      const found = await openProposal(ask, repo, proposal);
      if (found) await ask("PATCH /pulls/{number}", { number: found.number, state: "closed", body: proposal.body });
    },
    rawUrl: (commit, path) => `${site}/${repo}/raw/${commit}/${path.split("/").map(encodeURIComponent).join("/")}`,
  };
}

interface Pull {
  readonly number: number;
  readonly html_url: string;
}

const openProposal = async (
  ask: Ask,
  repo: string,
  { from, into }: Pick<Proposal, "from" | "into">,
): Promise<Pull | undefined> =>
  (await ask<Pull[]>("GET /pulls", { state: "open", head: `${repo.split("/")[0]}:${from}`, base: into }))[0];

/** "No such branch" and "no such repository" are one answer. @throws RepositoryError FORBIDDEN for the latter */
async function assertVisible(ask: Ask, name: string, repo: string): Promise<void> {
  if ((await unlessMissing(ask("GET "))) !== undefined) return;
  throw new RepositoryError(
    name,
    "FORBIDDEN",
    `expected the token to be let see ${repo}, but GitHub knows no such repository for it; let it, or mend the name`,
  );
}

async function unlessMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof RepositoryError && ["NOT_FOUND", "CONFLICT"].includes(error.code)) return undefined;
    throw error;
  }
}

const isRefusal = (error: unknown): error is RepositoryError =>
  error instanceof RepositoryError && ["FORBIDDEN", "CONFLICT"].includes(error.code);

const toCommit = ({ sha, message, tree }: GitCommit): Commit => ({ id: sha, tree: tree.sha, message });

const toEntry = ({ path, executable, text }: NewCommit["changes"][number]) => ({
  path,
  mode: executable ? "100755" : "100644",
  type: "blob",
  content: text,
});

/** A branch's slashes stay; whatever else means something in an address does not. */
const plain = (branch: string) => branch.split("/").map(encodeURIComponent).join("/");

/** Bytes of text in one request; a single page may be larger. */
const mostTogether = 4_000_000;

/** One request a page would soon be too many: GitHub lets a program make 80 things a minute. */
function* inPortions(changes: NewCommit["changes"]): Generator<NewCommit["changes"]> {
  let some: NewCommit["changes"][number][] = [];
  let bytes = 0;
  for (const change of changes) {
    const more = Buffer.byteLength(change.text);
    if (some.length > 0 && bytes + more > mostTogether) {
      yield some;
      [some, bytes] = [[], 0];
    }
    some.push(change);
    bytes += more;
  }
  if (some.length > 0) yield some;
}
