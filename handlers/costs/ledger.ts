import type { PaidProvider, Terms } from "./terms.ts";

/** Counts calls before they are made: one that a crash cuts off counts, though it may not have been made. */
export interface CostLedger {
  /** Counts one call. Answers false, and counts nothing, where it would pass the month's budget. */
  count(provider: PaidProvider, terms: Terms, at: Date): Promise<boolean>;
  /** What was counted in a calendar month of UTC, such as `2026-11`. */
  read(provider: PaidProvider, month: string): Promise<MonthCount>;
}

export interface CallCount {
  readonly calls: number;
  /** Millionths of a US dollar. */
  readonly spent: number;
}

export interface MonthCount extends CallCount {
  /** By date, such as `2026-11-22`; of a day that lies in two months, this month's part. */
  readonly days: Readonly<Record<string, CallCount>>;
}
