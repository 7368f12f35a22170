/** Services whose calls may cost money. */
export type PaidProvider = "tinify" | "rekognition" | "http";

/** Amounts are whole millionths of a US dollar: sums of fractions would drift away from the bill. */
export interface Terms {
  /** Of one call. */
  readonly price: number;
  /** Most that may be spent in a calendar month of UTC; absent where there is no limit. */
  readonly budget?: number;
}

/** What a stack pays for. */
export interface CostTerms {
  /** By whose clocks days are told apart. */
  readonly timeZone: string;
  /** Only those that the stack uses, and that cost something. */
  readonly providers: Readonly<Partial<Record<PaidProvider, Terms>>>;
}

/** The calendar month of UTC, such as `2026-11`. */
export const monthOf = (at: Date): string => at.toISOString().slice(0, 7);

/** For people; nothing is calculated with it. */
export const inDollars = (millionths: number): number => millionths / 1e6;

/** Whether no further call fits into the budget. */
export const isSpent = ({ price, budget }: Terms, spent: number): boolean =>
  budget !== undefined && spent + price > budget;
