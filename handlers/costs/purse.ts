import type { Purse } from "../../providers/types.ts";
import type { Measure } from "../measures.ts";
import type { Log } from "../ports.ts";
import type { CostLedger } from "./ledger.ts";
import { type CostTerms, inDollars, monthOf, type PaidProvider, type Terms } from "./terms.ts";

export interface PurseDeps {
  readonly ledger: CostLedger;
  readonly terms: CostTerms;
  readonly now: () => Date;
  readonly log: Log;
  readonly measureOf: (provider: PaidProvider) => Measure<"Environment" | "Provider">;
}

/** How often one process looks how much of a budget is used. */
const lookEveryMs = 60_000;

/**
 * The purse of each paid provider: counts in the ledger, remembers that a month's budget is spent,
 * and measures. One for the life of the process. Undefined where nothing is paid to the provider.
 */
export const createPurses =
  ({ ledger, terms: { providers }, now, log, measureOf }: PurseDeps) =>
  (provider: PaidProvider): Purse | undefined => {
    const terms = providers[provider];
    if (terms === undefined) return undefined;
    const measure = measureOf(provider);
    let spentIn: string | undefined;
    let lookAt = 0;

    async function look({ budget }: Terms, at: Date) {
      if (!budget || at.getTime() < lookAt) return;
      lookAt = at.getTime() + lookEveryMs;
      const { spent } = await ledger.read(provider, monthOf(at));
      measure({ BudgetUsedPercent: Math.floor((spent / budget) * 100) });
    }
    /** What is left, if anything, pays for no call. */
    const stopped = () => measure({ PaidCallsStopped: 1, BudgetUsedPercent: 100 });

    const purse: Purse = {
      refuses() {
        const refused = spentIn === monthOf(now());
        if (refused) stopped();
        return refused;
      },
      async pay() {
        if (purse.refuses()) return false;
        const at = now();
        await look(terms, at);
        if (await ledger.count(provider, terms, at)) {
          measure({ Spent: inDollars(terms.price) });
          return true;
        }
        const month = monthOf(at);
        if (spentIn !== month) log("budget spent", { provider, month });
        spentIn = month;
        stopped();
        return false;
      },
    };
    return purse;
  };
