/** What each function gets of a stack's capacity. Pure: settings.ts sets it in, settings-problems.ts says what does not fit. */

/** Executions at once, by function; `pull` is that of each source, `discover` that of each repository. */
export type Shares = { readonly [actor in Claimant]?: number };
export type Claimant = keyof typeof claims;

/** What a stack consists of, as far as it takes executions. */
export interface Parts {
  readonly sources: number;
  /** @default none */
  readonly repositories?: number;
  /** Whether a topic tells the actors of changes. @default false */
  readonly announced?: boolean;
}

export interface Claims extends Parts {
  /** What the stack's own settings name, which is neither raised nor lowered. */
  readonly named: Shares;
}

interface Claim {
  /** With less it could not do all that it is woken for. */
  readonly least: number;
  /** More would lie idle. @default any number helps */
  readonly most?: number;
  /** How it shares in what is more: seconds that it works on one picture. */
  readonly seconds: number;
}

/**
 * The chain's seconds were measured on photographs of 12 megapixels under `npm start`; only their ratios
 * count here. The others' are guesses. A new table's stream has four shards, each read by one lane at
 * least, so nothing that a stream wakes has less than four.
 */
export const claims = {
  // Mappings of queues take no maximum below two.
  ingest: { least: 2, seconds: 0.4 },
  moderate: { least: 4, seconds: 0.7 },
  resize: { least: 4, seconds: 1.1 },
  compress: { least: 4, seconds: 1.2 },
  publish: { least: 4, seconds: 0.4 },
  // A page asks several things at once.
  api: { least: 5, seconds: 0.4 },
  archive: { least: 4, most: 10, seconds: 0.2 },
  // CloudFront clears few prefixes at a time.
  forget: { least: 4, most: 4, seconds: 0.1 },
  // Four lanes of the stream, and two for its queue.
  restore: { least: 6, most: 6, seconds: 0.1 },
  reconcile: { least: 1, most: 1, seconds: 0.1 },
  // It reads for all of the chain, up to ten changes at a time.
  announce: { least: 4, most: 40, seconds: 0.02 },
  // Two for its queue, one for the schedule's look and one for the service's calls; and no source likes to be asked by many.
  pull: { least: 4, most: 7, seconds: 0.3 },
  // Two for its queue, one for the ends of its pictures and one for GitHub's calls.
  discover: { least: 4, most: 4, seconds: 0.1 },
} as const satisfies Record<string, Claim>;

/** Of an account's concurrency AWS keeps this for functions that reserve none. */
export const keptByAws = 100;

/**
 * Shares a capacity out: each gets what it cannot do without, and what is left goes one by one to whoever
 * works longest for what it has. So nobody has less with more capacity. Never more than `capacity` in all, if
 * that is `leastCapacity` or more; what does not make one for each source stays with the account.
 */
export function sharesOf(capacity: number, given: Claims): Shares {
  const { named } = given;
  const shares = leastShares(given);
  const open = actors.filter((actor) => named[actor] === undefined && shares[actor] !== undefined);
  let left = capacity - sumOf(shares, given);
  for (;;) {
    const [next] = open
      .filter((actor) => shares[actor]! < (terms[actor].most ?? Number.POSITIVE_INFINITY))
      .sort((a, b) => terms[b].seconds / shares[b]! - terms[a].seconds / shares[a]!);
    if (next === undefined || priceOf(next, given) > left) return shares;
    shares[next]! += 1;
    left -= priceOf(next, given);
  }
}

/** The smallest capacity with which each has enough. */
export const leastCapacity = (given: Claims): number => sumOf(leastShares(given), given);

/** Executions that these take from the account. */
export const sumOf = (shares: Shares, parts: Parts): number =>
  actors.reduce((sum, actor) => sum + (shares[actor] ?? 0) * priceOf(actor, parts), 0);

const terms: Readonly<Record<Claimant, Claim>> = claims;
const actors = Object.keys(claims) as Claimant[];
/** Every source has a function of its own, and so has every repository. */
function priceOf(actor: Claimant, { sources, repositories = 0, announced = false }: Parts): number {
  if (actor === "pull") return sources;
  if (actor === "discover") return repositories;
  return actor === "announce" && !announced ? 0 : 1;
}

const leastShares = ({ named, ...parts }: Claims): { -readonly [actor in Claimant]?: number } => ({
  ...Object.fromEntries(
    actors.filter((actor) => priceOf(actor, parts) > 0).map((actor) => [actor, terms[actor].least]),
  ),
  ...named,
});
