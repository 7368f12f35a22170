import { createHash } from "node:crypto";

/** Git's objects in memory, by the names that Git gives them. */

export type Mode = "100644" | "100755" | "120000" | "160000" | "040000";
export interface Entry {
  readonly name: string;
  readonly mode: Mode;
  readonly sha: string;
}
export interface FakeCommit {
  readonly tree: string;
  readonly parents: readonly string[];
  readonly message: string;
}
/** A file, or undefined for none. */
export type Change = { readonly mode: Mode; readonly sha: string } | undefined;
export type Leaf = { readonly path: string; readonly mode: Mode; readonly sha: string };

export class FakeGit {
  readonly blobs = new Map<string, Buffer>();
  readonly trees = new Map<string, readonly Entry[]>();
  readonly commits = new Map<string, FakeCommit>();

  blob(bytes: Uint8Array | string): string {
    const content = Buffer.from(bytes as string);
    const sha = named("blob", content);
    this.blobs.set(sha, content);
    return sha;
  }

  tree(entries: readonly Entry[]): string {
    const sorted = entries.toSorted((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
    const bytes = sorted.flatMap(({ mode, name, sha }) => [
      Buffer.from(`${mode.replace(/^0/, "")} ${name}\0`),
      Buffer.from(sha, "hex"),
    ]);
    const sha = named("tree", Buffer.concat(bytes));
    this.trees.set(sha, sorted);
    return sha;
  }

  commit(commit: FakeCommit): string {
    const parents = commit.parents.map((parent) => `parent ${parent}\n`).join("");
    // As many commits as there are have been made before: no two are of one moment.
    const who = `Somebody <somebody@example.com> ${1_700_000_000 + this.commits.size} +0000`;
    const text = `tree ${commit.tree}\n${parents}author ${who}\ncommitter ${who}\n\n${commit.message}`;
    const sha = named("commit", Buffer.from(text));
    this.commits.set(sha, commit);
    return sha;
  }

  /** The tree with some files of it put, replaced or taken out. */
  withChanges(tree: string | undefined, changes: ReadonlyMap<string, Change>): string {
    const entries = new Map((tree === undefined ? [] : this.trees.get(tree)!).map((entry) => [entry.name, entry]));
    const inside = new Map<string, Map<string, Change>>();
    for (const [path, change] of changes) {
      const [name = "", ...rest] = path.split("/");
      if (rest.length > 0) {
        if (!inside.has(name)) inside.set(name, new Map());
        inside.get(name)!.set(rest.join("/"), change);
      } else if (change === undefined) entries.delete(name);
      else entries.set(name, { name, ...change });
    }
    for (const [name, below] of inside) {
      const before = entries.get(name);
      const sha = this.withChanges(before?.mode === "040000" ? before.sha : undefined, below);
      if (this.trees.get(sha)!.length === 0) entries.delete(name);
      else entries.set(name, { name, mode: "040000", sha });
    }
    return this.tree([...entries.values()]);
  }

  /** Everything below a tree, folders before what is in them. */
  *below(tree: string, folder = ""): Generator<Leaf> {
    for (const { name, mode, sha } of this.trees.get(tree)!) {
      yield { path: folder + name, mode, sha };
      if (mode === "040000") yield* this.below(sha, `${folder}${name}/`);
    }
  }

  files(tree: string): ReadonlyMap<string, Leaf> {
    return new Map([...this.below(tree)].flatMap((leaf) => (leaf.mode === "040000" ? [] : [[leaf.path, leaf]])));
  }

  /** The commit itself and all before it. */
  history(commit: string): ReadonlySet<string> {
    const seen = new Set<string>();
    const next = [commit];
    for (let one = next.pop(); one !== undefined; one = next.pop())
      if (!seen.has(one)) {
        seen.add(one);
        next.push(...this.commits.get(one)!.parents);
      }
    return seen;
  }

  /** What merging does to a tree; undefined where both sides changed one file. */
  merged(ours: string, theirs: string): string | undefined {
    const common = this.history(ours);
    // The newest of those that both have: commits are kept in the order they were made.
    const base = [...this.commits.keys()].filter((sha) => common.has(sha) && this.history(theirs).has(sha)).at(-1)!;
    const [was, our, their] = [base, ours, theirs].map((sha) => this.files(this.commits.get(sha)!.tree));
    const changes = new Map<string, Change>();
    for (const path of new Set([...was!.keys(), ...their!.keys()])) {
      const [before, mine, yours] = [was, our, their].map((files) => files!.get(path));
      if (before?.sha === yours?.sha || mine?.sha === yours?.sha) continue;
      if (mine?.sha !== before?.sha) return undefined;
      changes.set(path, yours && { mode: yours.mode, sha: yours.sha });
    }
    return this.withChanges(this.commits.get(ours)!.tree, changes);
  }
}

const named = (type: string, content: Buffer) =>
  createHash("sha1").update(`${type} ${content.length}\0`).update(content).digest("hex");

/** Git sorts folders as if their names ended in a slash. */
const sortKey = ({ name, mode }: Entry) => (mode === "040000" ? `${name}/` : name);
