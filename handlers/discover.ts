import { RepositoryError } from "../providers/repositories/types.ts";
import { beginLook } from "./begin-look.ts";
import { type Found, type LookDeps, look, type Memory } from "./discover/look.ts";
import type { SourceLedger } from "./ports.ts";
import { needsPerson } from "./standing.ts";

export interface DiscoverDeps extends LookDeps {
  readonly ledger: Pick<SourceLedger, "load" | "move" | "begin" | "report" | "taken">;
  /** Queues a call for a look that comes after so many seconds, at most 900. */
  readonly callAgain: (delaySeconds: number) => Promise<void>;
}

/** Kept free at the end of the function's time for what is slow. */
const margin = 60_000;
/**
 * Looks through a repository's pages: sends their new pictures into the pipeline, and brings pages whose
 * pictures are all there back with better references. Everything is decided anew from the newest
 * commit and the catalog, so that a death anywhere loses nothing, and doing it again changes nothing.
 */
export const createDiscover =
  (deps: DiscoverDeps) =>
  async (timeLeft: () => number, calledAt: Date): Promise<void> => {
    const { options, ledger, now, log, measure, callAgain } = deps;
    const said = { actor: "discover", source: options.name };
    const begun = now();
    const at = begun.toISOString();
    const { cursor, turn } = await ledger.load();
    const memory: Memory = cursor === undefined ? {} : (JSON.parse(cursor) as Memory);
    if (memory.restUntil !== undefined && at < memory.restUntil)
      return log("resting", { ...said, until: memory.restUntil });
    const came = await beginLook(deps, begun, timeLeft(), calledAt);
    if (came !== "begun") return log(came, said);

    const { restUntil: _, ...rested } = memory;
    let found: Found | undefined;
    let trouble: { readonly code: RepositoryError["code"]; readonly sentence: string } | undefined;
    let next: Memory = rested;
    let againIn: number | undefined;
    try {
      found = await look(deps, rested, () => timeLeft() > margin);
      next = found.memory;
      if (found.again) againIn = 15;
    } catch (error) {
      if (!(error instanceof RepositoryError)) throw error;
      trouble = { code: error.code, sentence: error.message };
      if (error.retryAfterMs !== undefined) {
        next = { ...rested, restUntil: new Date(now().getTime() + error.retryAfterMs).toISOString() };
        againIn = Math.ceil(error.retryAfterMs / 1000) + 1;
      }
    }
    await ledger.move(turn, JSON.stringify(next));
    // Later than a queue can hold back, the schedule is there.
    if (againIn !== undefined && againIn <= 900) await callAgain(againIn);
    const { failingSince } = await ledger.report({
      at,
      pages: found?.read ?? 0,
      queued: found?.sent ?? 0,
      deleted: 0,
      skipped: {},
      trouble,
    });
    measure({
      SourceFailingMinutes:
        trouble && failingSince ? Math.floor((begun.getTime() - Date.parse(failingSince)) / 60_000) : 0,
      SourceNeedsPerson: trouble && needsPerson(trouble.code) ? 1 : 0,
    });
    if (trouble) return log("trouble", { ...said, reason: trouble.code, sentence: trouble.sentence });
    log("discovered", { ...said, ...found, memory: undefined });
  };
