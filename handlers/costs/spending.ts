import type { Day } from "../digest/day.ts";
import type { Cost } from "../digest/summary.ts";
import type { CallCount, CostLedger } from "./ledger.ts";
import { type CostTerms, inDollars, isSpent, monthOf, type PaidProvider, type Terms } from "./terms.ts";

export interface SpendingDeps {
  readonly ledger: Pick<CostLedger, "read">;
  readonly terms: CostTerms;
}

/** What was spent on one provider in a month. */
export interface Spending {
  readonly provider: PaidProvider;
  /** Of UTC, such as `2026-11`. */
  readonly month: string;
  readonly calls: number;
  /** In US dollars, as the budget. */
  readonly dollars: number;
  /** Absent where there is no limit. */
  readonly budget?: number;
  /** No further call fits into the budget. */
  readonly stopped: boolean;
}

/** Every provider that the stack pays, in the month of a moment. */
export const spendingAt =
  ({ ledger, terms }: SpendingDeps) =>
  (at: Date): Promise<readonly Spending[]> =>
    Promise.all(
      providersIn(terms).map(async ([provider, its]) => {
        const month = monthOf(at);
        return spendingOf(provider, its, month, await ledger.read(provider, month));
      }),
    );

/** What was paid for a day, and in the month that it ended in until now. */
export const costsOfDay =
  ({ ledger, terms }: SpendingDeps) =>
  (day: Day): Promise<readonly Cost[]> =>
    Promise.all(
      providersIn(terms).map(async ([provider, its]) => {
        const last = new Date((day.until ?? day.end).getTime() - 1);
        const months = [...new Set([day.start, last].map(monthOf))];
        const counts = await Promise.all(months.map((month) => ledger.read(provider, month)));
        const parts = counts.map(({ days }) => days[day.date] ?? { calls: 0, spent: 0 });
        const sum = (key: keyof CallCount) => parts.reduce((total, part) => total + part[key], 0);
        return {
          provider,
          calls: sum("calls"),
          dollars: inDollars(sum("spent")),
          inMonth: spendingOf(provider, its, months.at(-1)!, counts.at(-1)!),
        };
      }),
    );

const providersIn = ({ providers }: CostTerms) => Object.entries(providers) as [PaidProvider, Terms][];

const spendingOf = (provider: PaidProvider, terms: Terms, month: string, { calls, spent }: CallCount): Spending => ({
  provider,
  month,
  calls,
  dollars: inDollars(spent),
  budget: terms.budget === undefined ? undefined : inDollars(terms.budget),
  stopped: isSpent(terms, spent),
});
