import type { RepositoryOptions } from "../../providers/repositories/options.ts";
import { type Commit, type Repository, RepositoryError, type TextChange } from "../../providers/repositories/types.ts";

export interface Delivery {
  /** What the pages were read at. */
  readonly base: Commit;
  readonly plan: string;
  readonly changes: readonly TextChange[];
  readonly title: string;
  /** Of the pull request, in Markdown. */
  readonly body: string;
}

/** Where the changes are now; or that the branch has gone on meanwhile, and all is to be done again. */
export type Delivered = { readonly commit: string; readonly url?: string } | "overtaken";

/** Of the pull request: Darkroom's own. */
export const ownBranch = (name: string) => `darkroom/${name}`;

/** Brings the changes to the repository in one commit, on top of what is there. @throws RepositoryError */
export const deliver = (
  repository: Repository,
  options: Pick<RepositoryOptions, "branch" | "deliver">,
  delivery: Delivery,
): Promise<Delivered> =>
  options.deliver === "commit"
    ? commitTo(repository, options.branch, delivery)
    : propose(repository, options.branch, delivery);

async function commitTo(repository: Repository, branch: string, delivery: Delivery): Promise<Delivered> {
  const commit = await make(repository, delivery, [delivery.base.id]);
  return (await repository.advance(branch, commit)) ? { commit: commit.id } : "overtaken";
}

/**
 * The branch is remade from the newest pages each time, as a commit that follows both on what the
 * branch held and on those: nothing is ever forced, and the pull request shows the changes alone.
 */
async function propose(repository: Repository, into: string, delivery: Delivery): Promise<Delivered> {
  const { base, plan, title, body } = delivery;
  const from = ownBranch(repository.name);
  const before = await repository.head(from);
  const seal = before && sealOf(before);
  const isOwn = before === undefined || seal?.tree === before.tree || before.tree === base.tree;
  if (!isOwn) throw touched(repository.name, from);
  let commit = before;
  // One that a look made which then died. After another push it would not show the changes alone.
  if (commit === undefined || seal?.plan !== plan || seal.base !== base.id) {
    if ((await repository.head(into))?.id !== base.id) return "overtaken";
    const others = before === undefined || before.id === base.id ? [] : [before.id];
    const followsAlready = others.length > 0 && seal?.base === base.id;
    commit = await make(repository, delivery, followsAlready ? others : [...others, base.id]);
    if (!(await repository.advance(from, commit))) return "overtaken";
  }
  const { url } = await repository.propose({ from, into, title, body });
  return { commit: commit.id, url };
}

/** Closes the pull request that there is no reason for any more; one that somebody has committed to is theirs. @throws RepositoryError */
export async function withdraw(repository: Repository, into: string): Promise<void> {
  const from = ownBranch(repository.name);
  const before = await repository.head(from);
  if (before !== undefined && sealOf(before).tree === before.tree)
    await repository.withdraw({ from, into, body: nothingLeft });
}

const nothingLeft =
  "Closed by Darkroom: the pages have changed since, and show no picture any more that would get smaller.";

const make = (repository: Repository, { base, plan, changes, title }: Delivery, parents: readonly string[]) =>
  repository.commit({
    tree: base.tree,
    changes,
    parents,
    message: (tree) => `${title}\n\nDarkroom-Plan: ${plan}\nDarkroom-Base: ${base.id}\nDarkroom-Tree: ${tree}\n`,
  });

/** What Darkroom says in its commits. A commit that somebody made on top says nothing, or has another tree than it says. */
function sealOf({ message }: Commit) {
  const said = (what: string) => new RegExp(`^Darkroom-${what}: ([0-9a-f]+)$`, "m").exec(message)?.[1];
  return { plan: said("Plan"), base: said("Base"), tree: said("Tree") };
}

const touched = (name: string, branch: string) =>
  new RepositoryError(
    name,
    "CONFLICT",
    `expected the branch ${branch} to hold what Darkroom put there, but somebody has committed to it. It is left as it is: merge it or delete it, and the next look makes another`,
  );
