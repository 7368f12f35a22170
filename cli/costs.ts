import { z } from "zod";
import { printLine } from "./output.ts";

/** What was spent on each provider in a month of UTC, in dollars. */
export const costsShape = z
  .array(
    z.object({
      provider: z.string(),
      month: z.string(),
      calls: z.number(),
      dollars: z.number(),
      budget: z.number().optional(),
      stopped: z.boolean(),
    }),
  )
  .default([]);
export type Costs = z.infer<typeof costsShape>;

export function printCosts(costs: Costs): void {
  for (const { provider, month, calls, dollars, budget, stopped } of costs) {
    const limit = budget === undefined ? "" : ` of ${money(budget)}`;
    const end = stopped ? "  STOPPED until the next month, or a larger budget" : "";
    printLine(`${provider.padEnd(12)}${String(calls).padStart(7)} calls in ${month}  ${money(dollars)}${limit}${end}`);
  }
}

const money = (amount: number) =>
  new Intl.NumberFormat("en-US", { style: "currency", currency: "USD", maximumFractionDigits: 3 }).format(amount);
