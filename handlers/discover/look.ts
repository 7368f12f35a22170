import { createHash } from "node:crypto";
import pMap from "p-map";
import type { RepositoryOptions } from "../../providers/repositories/options.ts";
import { type Commit, type Repository, RepositoryError } from "../../providers/repositories/types.ts";
import type { SourceMeasure } from "../measures.ts";
import type { Catalog, Log, ObjectStore, SourceLedger } from "../ports.ts";
import { type Delivered, deliver, withdraw } from "./deliver.ts";
import { notebookIn } from "./notebook.ts";
import { type Standing, sendPicture, standingOf } from "./picture-standing.ts";
import { planOf, readyPages, rewritten, type Standings } from "./plan.ts";
import { proposalText } from "./proposal-text.ts";
import type { Site } from "./references.ts";
import { type Survey, survey } from "./survey.ts";

export interface LookDeps {
  readonly options: RepositoryOptions;
  /** @throws RepositoryError also when it cannot be opened */
  readonly open: () => Promise<Repository>;
  readonly site: Site;
  readonly catalog: Pick<Catalog, "get" | "did" | "once">;
  readonly ledger: Pick<SourceLedger, "taken">;
  readonly incoming: Pick<ObjectStore, "upload">;
  /** Holds the notebook. */
  readonly working: Pick<ObjectStore, "read" | "write">;
  /** Largest picture taken, in bytes. */
  readonly maxBytes: number;
  readonly now: () => Date;
  readonly log: Log;
  readonly measure: SourceMeasure;
}

/** What is remembered from one look to the next. Times are ISO 8601. */
export interface Memory {
  /** Commit at which there was nothing left to do. */
  readonly settled?: string;
  /** What was delivered last. */
  readonly plan?: string;
  /** Since when there has always been a picture on its way. */
  readonly waitingSince?: string;
  /** When the service may be asked again. */
  readonly restUntil?: string;
}

/** What one look came to. */
export interface Found {
  readonly memory: Memory;
  readonly read: number;
  readonly sent: number;
  readonly waiting: number;
  readonly delivered?: Exclude<Delivered, "overtaken">;
  /** Time ran out before the end. */
  readonly again: boolean;
}

/** For so long pages that are ready wait for the others: one commit is better than twenty. */
const mostWaitMs = 15 * 60_000;
/** Pushes in the middle of a look after which it is left to the next. */
const mostTries = 3;

/** One look at the newest commit, and at the one after if that comes in its middle. @throws RepositoryError */
export async function look(deps: LookDeps, memory: Memory, hasTime: () => boolean): Promise<Found> {
  const { options } = deps;
  const repository = await deps.open();
  for (let tries = 1; ; tries++) {
    const head = await repository.head(options.branch);
    if (head === undefined)
      throw new RepositoryError(options.name, "CONFIG", `expected a branch ${options.branch}, but there is none`);
    if (memory.settled === settledAt(head, deps)) return { memory, read: 0, sent: 0, waiting: 0, again: false };
    const found = await lookAt(deps, repository, head, memory, hasTime);
    if (found !== "overtaken") return found;
    if (tries === mostTries) return { memory, read: 0, sent: 0, waiting: 0, again: true };
  }
}

async function lookAt(
  deps: LookDeps,
  repository: Repository,
  head: Commit,
  memory: Memory,
  hasTime: () => boolean,
): Promise<Found | "overtaken"> {
  const { options, site, working, now } = deps;
  const notebook = notebookIn(working, options, site);
  const known = await notebook.load();
  const surveyed = await survey({ repository, options, site }, await repository.files(head.tree), known, hasTime);
  if (surveyed.read > 0 || surveyed.notebook.size !== known.size) await notebook.save(surveyed.notebook);
  if (surveyed.trouble) throw surveyed.trouble;
  const { standings, sent, complete } = await bringIn(deps, repository, surveyed, hasTime);
  const all = [...standings.values()];
  const waiting = all.filter(({ is }) => is === "waiting" || is === "new").length;
  const counts = { read: surveyed.read, sent, waiting };
  const waitingSince = waiting > 0 ? (memory.waitingSince ?? now().toISOString()) : undefined;
  const kept: Memory = { plan: memory.plan, waitingSince };
  if (!surveyed.complete || !complete) return { memory: kept, ...counts, again: true };
  if (waitingSince !== undefined && now().getTime() - Date.parse(waitingSince) < mostWaitMs)
    return { memory: kept, ...counts, again: false };

  const ready = readyPages(surveyed.pages, standings);
  const plan = planOf(ready, standings, options, site);
  const isOpen = waiting > 0 || all.some((one) => one.is === "left" && one.mayChange);
  const done: Memory = { settled: isOpen ? undefined : settledAt(head, deps), plan, waitingSince };
  if (plan === memory.plan) return { memory: done, ...counts, again: false };
  const pages = await pMap(ready, (page) => rewritten(repository, page, standings, options, site), { concurrency: 6 });
  const changed = pages.filter((page) => page !== undefined);
  if (changed.length === 0) {
    // What waits may yet be proposed where something else was.
    if (waiting > 0) return { memory: kept, ...counts, again: false };
    if (options.deliver === "pull-request") await withdraw(repository, options.branch);
    return { memory: done, ...counts, again: false };
  }
  const before = (path: string) => repository.rawUrl(head.id, surveyed.files.get(path)?.path ?? path);
  const delivered = await deliver(repository, options, {
    base: head,
    plan,
    changes: changed.map(({ change }) => change),
    ...proposalText({ pages: surveyed.pages, rewritten: changed, standings, before }),
  });
  return delivered === "overtaken" ? delivered : { memory: done, ...counts, delivered, again: false };
}

/** Other settings make another matter of the same commit. */
const settledAt = ({ id }: Commit, { options, site }: LookDeps) =>
  createHash("sha256")
    .update(JSON.stringify([id, options, site]))
    .digest("hex");

/** What each picture of the pages has come to, the new ones being sent on their way while time lasts. */
async function bringIn(deps: LookDeps, repository: Repository, { pages, files }: Survey, hasTime: () => boolean) {
  const { options, catalog, maxBytes } = deps;
  const wanted = [...new Set(pages.flatMap((page) => page.wanted))];
  const standings = new Map<string, Standing>();
  let sent = 0;
  let complete = true;
  await pMap(
    wanted,
    async (path) => {
      const file = files.get(path);
      const standing = await standingOf({ name: options.name, catalog, maxBytes }, file);
      standings.set(path, standing);
      if (standing.is !== "new" || file === undefined) return;
      if (!hasTime()) {
        complete = false;
        return;
      }
      const after = await sendPicture({ ...deps, name: options.name, repository }, file);
      if (after.is === "waiting") sent += 1;
      standings.set(path, after);
    },
    // Of each that is sent, two parts of 8 MB are held at most.
    { concurrency: 6 },
  );
  return { standings: standings as Standings, sent, complete };
}
