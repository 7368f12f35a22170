import {
  type ChangePage,
  type FileVersion,
  type SkipReason,
  type Source,
  SourceError,
} from "../providers/sources/types.ts";
import { beginLook } from "./begin-look.ts";
import type { SourceMeasure } from "./measures.ts";
import type { Log, SourceLedger } from "./ports.ts";
import { needsPerson, type Skipped, type Trouble } from "./standing.ts";

export interface PullDeps {
  readonly source: Pick<Source, "name" | "changes">;
  readonly ledger: Pick<SourceLedger, "load" | "move" | "begin" | "report">;
  /** Returns once all of them are durably queued. */
  readonly enqueue: (files: readonly FileVersion[]) => Promise<void>;
  /** Queues a call for a look that comes after so many seconds. */
  readonly callAgain: (delaySeconds: number) => Promise<void>;
  readonly now: () => Date;
  readonly log: Log;
  readonly measure: SourceMeasure;
}

/** What one look at a source came to. */
export interface Tick {
  /** ISO 8601. */
  readonly at: string;
  readonly pages: number;
  readonly queued: number;
  readonly deleted: number;
  readonly skipped: Skipped;
  /** Why it ended before its time. */
  readonly trouble?: Omit<Trouble, "at">;
}

/** Kept free at the end of the function's time for a page that is slow. */
const margin = 60_000;

/**
 * Looks what is new at a source, page by page while time lasts. A page's cursor is kept only after
 * its files are queued, and only if nobody else moved it meanwhile: what is cut off anywhere is
 * listed again, and taken once all the same. A source's trouble ends the look, not the function.
 * With `calledAt`, a look that began later has answered the call already.
 */
export const createPull =
  (deps: PullDeps) =>
  async (timeLeft: () => number, calledAt?: Date): Promise<void> => {
    const { source, ledger, enqueue, now, log, measure } = deps;
    const begun = now();
    const at = begun.toISOString();
    const said = { actor: "pull", source: source.name };
    const came = await beginLook(deps, begun, timeLeft(), calledAt);
    if (came !== "begun") return log(came, said);

    let [pages, queued, deleted] = [0, 0, 0];
    const skipped: Partial<Record<SkipReason, number>> = {};
    let trouble: Tick["trouble"];
    try {
      let { cursor, turn } = await ledger.load();
      for (let more = true; more && timeLeft() > margin; ) {
        const page = await source.changes(cursor);
        const files = filesOf(page);
        await enqueue(files);
        if (!(await ledger.move(turn, page.cursor))) return log("overtaken", said);
        turn += 1;
        cursor = page.cursor;
        more = page.more;
        pages += 1;
        queued += files.length;
        for (const change of page.changes)
          if (change.kind === "skip") skipped[change.reason] = (skipped[change.reason] ?? 0) + 1;
          else if (change.kind === "delete") deleted += 1;
      }
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      trouble = { code: error.code, sentence: error.message };
    }
    const { failingSince } = await ledger.report({ at, pages, queued, deleted, skipped, trouble });
    measure({
      SourceSkipped: Object.values(skipped).reduce((sum, count) => sum + count, 0),
      SourceFailingMinutes:
        trouble && failingSince ? Math.floor((begun.getTime() - Date.parse(failingSince)) / 60_000) : 0,
      SourceNeedsPerson: trouble && needsPerson(trouble.code) ? 1 : 0,
    });
    if (trouble) log("trouble", { ...said, reason: trouble.code, sentence: trouble.sentence });
    else log("pulled", { ...said, pages, queued, deleted, skipped });
  };

const filesOf = ({ changes }: ChangePage): readonly FileVersion[] =>
  changes.flatMap((change) => (change.kind === "upsert" ? [change.file] : []));
