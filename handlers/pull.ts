import type { ChangePage, FileVersion, SkipReason, Source } from "../providers/sources/types.ts";
import { SourceError } from "../providers/sources/types.ts";
import type { Log, SourceLedger } from "./ports.ts";

export interface PullDeps {
  readonly source: Source;
  readonly ledger: SourceLedger;
  /** Returns once all of them are durably queued. */
  readonly enqueue: (files: readonly FileVersion[]) => Promise<void>;
  readonly now: () => Date;
  readonly log: Log;
}

/** What one look at a source came to. */
export interface Tick {
  readonly at: string;
  readonly pages: number;
  readonly queued: number;
  readonly skipped: Readonly<Partial<Record<SkipReason, number>>>;
  /** Why it ended before its time, as a code and a sentence. */
  readonly trouble?: { readonly code: string; readonly sentence: string };
}

/** Kept free at the end of the function's time for a page that is slow. */
const margin = 60_000;

/**
 * Looks what is new at a source, page by page while time lasts. A page's cursor is kept only after
 * its files are queued, and only if nobody else moved it meanwhile: what is cut off anywhere is
 * listed again, and taken once all the same. A source's trouble ends the look, not the function.
 */
export const createPull =
  ({ source, ledger, enqueue, now, log }: PullDeps) =>
  async (timeLeft: () => number): Promise<void> => {
    const at = now().toISOString();
    let pages = 0;
    let queued = 0;
    const skipped: Partial<Record<SkipReason, number>> = {};
    const tick = (trouble?: Tick["trouble"]): Tick => ({ at, pages, queued, skipped, trouble });
    const name = source.name;

    try {
      let { cursor, turn } = await ledger.load();
      for (let more = true; more && timeLeft() > margin; ) {
        const page = await source.changes(cursor);
        const files = filesOf(page);
        await enqueue(files);
        if (!(await ledger.move(turn, page.cursor))) return log("overtaken", { actor: "pull", source: name });
        turn += 1;
        cursor = page.cursor;
        more = page.more;
        pages += 1;
        queued += files.length;
        for (const change of page.changes)
          if (change.kind === "skip") skipped[change.reason] = (skipped[change.reason] ?? 0) + 1;
      }
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      await ledger.report(tick({ code: error.code, sentence: error.message }));
      return log("trouble", { actor: "pull", source: name, reason: error.code, sentence: error.message });
    }
    await ledger.report(tick());
    log("pulled", { actor: "pull", source: name, pages, queued, skipped });
  };

const filesOf = ({ changes }: ChangePage): readonly FileVersion[] =>
  changes.flatMap((change) => (change.kind === "upsert" ? [change.file] : []));
