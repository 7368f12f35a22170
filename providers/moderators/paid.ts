import type { Purse } from "../types.ts";
import { ModeratorError } from "./types.ts";

/**
 * To be awaited before each call that costs money.
 * @throws ModeratorError `BUDGET_SPENT`, or `UNAVAILABLE` where the call cannot be counted: it must not be made.
 */
export async function payFor(moderator: string, purse: Purse | undefined): Promise<void> {
  const paid = await purse?.pay().catch((cause) => {
    const detail = "expected the ledger of costs to count the call, but it does not answer. It is asked again later";
    throw new ModeratorError(moderator, "UNAVAILABLE", detail, { cause });
  });
  if (paid === false)
    throw new ModeratorError(
      moderator,
      "BUDGET_SPENT",
      "expected something to be left of the month's budget, but it is spent. Raise darkroom:budgets, or wait for the next month",
    );
}
