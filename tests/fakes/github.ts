import { createHmac, createVerify, generateKeyPairSync } from "node:crypto";
import { type Change, FakeGit, type Mode } from "./github-git.ts";
import {
  badCredentials,
  commitJson,
  type FakePull,
  invalid,
  leafJson,
  notFound,
  pullJson,
  refJson,
  refusal,
} from "./github-wire.ts";
import { type Answer, type Call, inMemory, type Service, serve } from "./service.ts";

/** One repository at GitHub, as far as looking through its pages needs it: https://docs.github.com/en/rest */

export type Content = Uint8Array | string;
/** What somebody puts at a path: a file, another kind of entry, or nothing for undefined. */
export type Put = Content | { readonly mode: Mode; readonly content: Content } | undefined;

export interface FakeGithub extends Service {
  readonly repo: string;
  readonly git: FakeGit;
  /** Branches and the commits they are at. */
  readonly refs: Map<string, string>;
  readonly pulls: FakePull[];
  /** Tokens that are taken. */
  readonly tokens: Set<string>;
  /** What the token may do. */
  readonly may: { read: boolean; write: boolean; propose: boolean };
  /** What is said of a try to change a branch that is protected. */
  readonly protected: Map<string, Answer>;
  /** Entries of one answer. GitHub's own: 100,000, or 7 MB. */
  mostEntries: number;
  /** The list of pull requests does not know the newest yet, so many times. */
  lagging: number;
  /** Times that somebody wanted a branch forced. */
  readonly forced: number;
  readonly app: { readonly appId: string; readonly privateKey: string; readonly installationId: string };
  /** Somebody's commit. Answers its id. */
  push(branch: string, files: Readonly<Record<string, Put>>, message?: string): string;
  /** The file's text at the head of a branch; undefined where there is none. */
  text(branch: string, path: string): string | undefined;
  /** Merges a pull request as the button does, in one of its ways. */
  merge(number: number, way?: "merge" | "squash"): string;
  /** Whether the button would be green. */
  mergeable(number: number): boolean;
  /** What GitHub calls the webhook with. */
  delivery(
    event: string,
    payload: object,
    secret: string,
  ): { headers: Record<string, string>; body: Buffer<ArrayBuffer> };
}

const largestBlob = 100_000_000;

export async function fakeGithub(repo = "example/website"): Promise<FakeGithub> {
  const git = new FakeGit();
  const refs = new Map<string, string>();
  const pulls: FakePull[] = [];
  const keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const owner = repo.split("/")[0];
  let forced = 0;
  const treeAt = (branch: string) => git.commits.get(refs.get(branch) ?? "")?.tree;
  const sizeOf = (sha: string) => git.blobs.get(sha)?.length;
  const shown = (pull: FakePull): Answer => ({ status: 200, json: pullJson(repo, pull) });

  function refused(branch: string): Answer | undefined {
    return fake.protected.get(branch);
  }
  const actions: Record<string, (call: Call, rest: string) => Answer> = {
    "GET repo": () => ({ status: 200, json: { full_name: repo, default_branch: "main" } }),
    "GET git/ref": (_, rest) => {
      const branch = rest.replace(/^heads\//, "");
      const sha = refs.get(branch);
      if (git.commits.size === 0) return refusal(409, "Git Repository is empty.");
      return sha === undefined ? notFound : { status: 200, json: refJson(branch, sha) };
    },
    "GET git/commits": (_, sha) => {
      const commit = git.commits.get(sha);
      return commit ? { status: 200, json: commitJson(sha, commit) } : notFound;
    },
    "GET git/trees": ({ url }, sha) => {
      if (!git.trees.has(sha)) return notFound;
      const all = url.searchParams.has("recursive")
        ? [...git.below(sha)]
        : git.trees.get(sha)!.map(({ name, ...entry }) => ({ path: name, ...entry }));
      const tree = all.slice(0, fake.mostEntries).map((leaf) => leafJson(leaf, sizeOf(leaf.sha)));
      return { status: 200, json: { sha, tree, truncated: all.length > fake.mostEntries } };
    },
    "GET git/blobs": ({ headers }, sha) => {
      const content = git.blobs.get(sha);
      if (content === undefined) return notFound;
      if (content.length > largestBlob)
        return refusal(403, "This API returns blobs up to 100 MB in size.", [{ resource: "Blob", code: "too_large" }]);
      if (String(headers.accept).includes("raw"))
        return { status: 200, content: { of: inMemory(content), from: 0, to: content.length } };
      const json = { sha, size: content.length, encoding: "base64", content: content.toString("base64") };
      return { status: 200, json };
    },
    "POST git/trees": ({ body }) => {
      const { base_tree, tree } = JSON.parse(body.toString());
      if (base_tree !== undefined && !git.trees.has(base_tree))
        return refusal(422, "base_tree is not a valid tree oid");
      const changes = new Map<string, Change>();
      for (const { path, mode, sha, content } of tree)
        changes.set(path, sha === null ? undefined : { mode, sha: sha ?? git.blob(content) });
      return { status: 201, json: { sha: git.withChanges(base_tree, changes) } };
    },
    "POST git/commits": ({ body }) => {
      const { message, tree, parents = [] } = JSON.parse(body.toString());
      if (!git.trees.has(tree)) return refusal(422, "Tree SHA does not exist");
      if (parents.some((parent: string) => !git.commits.has(parent)))
        return refusal(422, "Parent SHA does not exist or is not a commit object");
      const sha = git.commit({ message, tree, parents });
      return { status: 201, json: commitJson(sha, git.commits.get(sha)!) };
    },
    "POST git/refs": ({ body }) => {
      const { ref, sha } = JSON.parse(body.toString());
      const branch = String(ref).replace(/^refs\/heads\//, "");
      if (refs.has(branch)) return refusal(422, "Reference already exists");
      if (!git.commits.has(sha)) return refusal(422, "Object does not exist");
      const no = refused(branch);
      if (no) return no;
      refs.set(branch, sha);
      return { status: 201, json: refJson(branch, sha) };
    },
    "PATCH git/refs": ({ body }, rest) => {
      const { sha, force } = JSON.parse(body.toString());
      const branch = rest.replace(/^heads\//, "");
      const before = refs.get(branch);
      if (force === true) forced += 1;
      if (before === undefined) return refusal(422, "Reference does not exist");
      if (!git.commits.has(sha)) return refusal(422, "Object does not exist");
      const no = refused(branch);
      if (no) return no;
      if (force !== true && !git.history(sha).has(before)) return refusal(422, "Update is not a fast forward");
      refs.set(branch, sha);
      return { status: 200, json: refJson(branch, sha) };
    },
    "GET pulls": ({ url: { searchParams: asked } }) => {
      const listed = pulls.filter(
        ({ state, head, base }) =>
          (asked.get("state") === "all" || state === (asked.get("state") ?? "open")) &&
          (!asked.has("head") || asked.get("head") === `${owner}:${head}`) &&
          (!asked.has("base") || asked.get("base") === base),
      );
      if (fake.lagging > 0) {
        fake.lagging -= 1;
        return { status: 200, json: [] };
      }
      return { status: 200, json: listed.map((pull) => pullJson(repo, pull)) };
    },
    "POST pulls": ({ body }) => {
      if (!fake.may.propose) return refusal(403, "Resource not accessible by personal access token");
      const { title, head, base, body: text } = JSON.parse(body.toString());
      const [from, into] = [refs.get(head), refs.get(base)];
      if (from === undefined || into === undefined) return invalid("PullRequest", "Head or base does not exist");
      if (pulls.some((pull) => pull.state === "open" && pull.head === head && pull.base === base))
        return invalid("PullRequest", `A pull request already exists for ${owner}:${head}.`);
      if (git.history(into).has(from)) return invalid("PullRequest", `No commits between ${base} and ${head}`);
      if (text.length > 65_536) return invalid("PullRequest", "body is too long (maximum is 65536 characters)");
      const pull: FakePull = { number: pulls.length + 1, title, body: text, head, base, state: "open", merged: false };
      pulls.push(pull);
      return { ...shown(pull), status: 201 };
    },
    "PATCH pulls": ({ body }, number) => {
      if (!fake.may.propose) return refusal(403, "Resource not accessible by personal access token");
      const pull = pulls.find((each) => each.number === Number(number));
      if (!pull) return notFound;
      const { title, body: text, state } = JSON.parse(body.toString());
      Object.assign(pull, { title: title ?? pull.title, body: text ?? pull.body, state: state ?? pull.state });
      return shown(pull);
    },
  };

  function answer(call: Call): Answer {
    const bearer = String(call.headers.authorization ?? "").replace(/^(bearer|token) /i, "");
    if (call.route === "POST app") return installationToken(bearer, call.url.pathname);
    if (!fake.tokens.has(bearer)) return badCredentials;
    const [prefix, ...rest] = [`/repos/${repo}`, ...call.url.pathname.split("/").slice(4)];
    const action = actions[call.route];
    if (!call.url.pathname.startsWith(prefix!) || !fake.may.read || !action) return notFound;
    if (!fake.may.write && call.method !== "GET")
      return refusal(403, "Resource not accessible by personal access token");
    return action(
      call,
      rest
        .slice(rest[0] === "git" ? 2 : 1)
        .map(decodeURIComponent)
        .join("/"),
    );
  }

  /** https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app */
  function installationToken(jwt: string, path: string): Answer {
    const [head = "", claims = "", signature = ""] = jwt.split(".");
    const genuine = createVerify("RSA-SHA256")
      .update(`${head}.${claims}`)
      .verify(keys.publicKey, Buffer.from(signature, "base64url"));
    const by = JSON.parse(Buffer.from(claims, "base64url").toString() || "{}").iss;
    if (!genuine || String(by) !== fake.app.appId) return refusal(401, "A JSON web token could not be decoded");
    if (!path.includes(`/${fake.app.installationId}/`)) return notFound;
    const token = `ghs_${fake.tokens.size}`;
    fake.tokens.add(token);
    const expires_at = new Date(Date.now() + 3_600_000).toISOString();
    return { status: 201, json: { token, expires_at, permissions: {}, repository_selection: "selected" } };
  }

  const service = await serve((method, { pathname }) => {
    if (pathname.startsWith("/app/")) return `${method} app`;
    const [, , , , first, second] = pathname.split("/");
    return `${method} ${first === undefined ? "repo" : first === "git" ? `git/${second}` : first}`;
  }, answer);
  const fake: FakeGithub = Object.assign(service, {
    repo,
    git,
    refs,
    pulls,
    tokens: new Set(["a-token"]),
    may: { read: true, write: true, propose: true },
    protected: new Map<string, Answer>(),
    mostEntries: 100_000,
    lagging: 0,
    forced: 0,
    app: {
      appId: "12345",
      privateKey: String(keys.privateKey.export({ type: "pkcs8", format: "pem" })),
      installationId: "678",
    },
    push(branch: string, files: Readonly<Record<string, Put>>, message = "Somebody's work") {
      const before = refs.get(branch);
      const changes = new Map(Object.entries(files).map(([path, put]) => [path, changeOf(git, put)]));
      const tree = git.withChanges(treeAt(branch), changes);
      const sha = git.commit({ tree, message, parents: before === undefined ? [] : [before] });
      refs.set(branch, sha);
      return sha;
    },
    text(branch: string, path: string) {
      const tree = treeAt(branch);
      const file = tree === undefined ? undefined : git.files(tree).get(path);
      return file && git.blobs.get(file.sha)?.toString("utf8");
    },
    mergeable: (number: number) => mergedTree(number) !== undefined,
    merge(number: number, way: "merge" | "squash" = "merge") {
      const pull = pulls.find((each) => each.number === number)!;
      const [ours, theirs] = [refs.get(pull.base)!, refs.get(pull.head)!];
      const parents = way === "merge" ? [ours, theirs] : [ours];
      const sha = git.commit({ tree: mergedTree(number)!, message: `${pull.title} (#${number})`, parents });
      refs.set(pull.base, sha);
      Object.assign(pull, { state: "closed", merged: true });
      return sha;
    },
    delivery(event: string, payload: object, secret: string) {
      const body = Buffer.from(JSON.stringify(payload));
      const signature = `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
      return {
        headers: {
          "content-type": "application/json",
          "user-agent": "GitHub-Hookshot/044aadd",
          "x-github-event": event,
          "x-github-delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
          "x-hub-signature-256": signature,
        },
        body,
      };
    },
  });
  const mergedTree = (number: number) => {
    const { base, head } = pulls.find((each) => each.number === number)!;
    return git.merged(refs.get(base)!, refs.get(head)!);
  };
  return Object.defineProperty(fake, "forced", { get: () => forced });
}

function changeOf(git: FakeGit, put: Put): Change {
  if (put === undefined) return undefined;
  const { mode, content } =
    typeof put === "string" || put instanceof Uint8Array ? { mode: "100644" as const, content: put } : put;
  return { mode, sha: mode === "160000" ? String(content) : git.blob(content) };
}
