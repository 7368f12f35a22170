import { SourceError } from "../providers/sources/types.ts";
import type { Log, SourceLedger } from "./ports.ts";

export interface CatchUpDeps {
  readonly name: string;
  readonly ledger: Pick<SourceLedger, "unwritten" | "dropUnwritten">;
  /** Answers false when it cannot be had now, or the source refuses for good. @throws SourceError when it refuses for now */
  readonly writeBack: (pictureId: string) => Promise<boolean>;
  /** Where to begin: any text that an id may come after. */
  readonly start: () => string;
  readonly log: Log;
}

/** Kept free at the end of the function's time for a picture that is slow. */
const margin = 60_000;

/**
 * Writes back what the source did not take before, one picture after the other while time lasts, and
 * stops at the first that it still does not take. It begins anywhere and goes round, so that a single
 * picture that is never taken does not stand before the others.
 */
export const createCatchUp =
  ({ name, ledger, writeBack, start, log }: CatchUpDeps) =>
  async (timeLeft: () => number): Promise<void> => {
    const begun = start();
    let written = 0;
    const writeFrom = async (first: string, until?: string): Promise<boolean> => {
      for (let after = first; ; ) {
        const some = await ledger.unwritten(after);
        for (const pictureId of some) {
          if (until !== undefined && pictureId > until) return true;
          if (timeLeft() < margin || !(await taken(writeBack, pictureId))) return false;
          await ledger.dropUnwritten(pictureId);
          written += 1;
          after = pictureId;
        }
        if (some.length === 0) return true;
      }
    };
    // No id comes before an empty text.
    const all = (await writeFrom(begun)) && (await writeFrom("", begun));
    if (written > 0 || !all) log("caught-up", { actor: "write-back", source: name, written, all });
  };

/** The source's trouble has been told already (handlers/write-back.ts). */
async function taken(writeBack: CatchUpDeps["writeBack"], pictureId: string): Promise<boolean> {
  try {
    return await writeBack(pictureId);
  } catch (error) {
    if (error instanceof SourceError) return false;
    throw error;
  }
}
