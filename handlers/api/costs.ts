import { z } from "@hono/zod-openapi";
import type { Spending } from "../costs/spending.ts";

export interface CostDeps {
  /** What was spent in the month of a moment. */
  readonly spending: (at: Date) => Promise<readonly Spending[]>;
}

const dollars = z.number().openapi({ description: "US dollars" });

/** What was spent on each provider that the stack pays. */
export const costs = z.array(
  z
    .object({
      provider: z.enum(["tinify", "rekognition", "http"]),
      month: z.string().openapi({ description: "Of UTC", example: "2026-11" }),
      calls: z.int(),
      dollars,
      budget: dollars.optional().openapi({ description: "Absent where there is no limit" }),
      stopped: z.boolean().openapi({ description: "No further call fits into the budget" }),
    })
    .openapi("Spending"),
) satisfies z.ZodType<Spending[]>;
