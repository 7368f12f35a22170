import { Command } from "commander";
import { pixelBench } from "./pixels.ts";

/** One comparison of a run: how many times more the other way costs, and what was aimed at. */
export interface Comparison {
  readonly name: string;
  /** Median of the paired ratios other/ours, both measured in this very run. */
  readonly ratio: number;
  /** Least ratio that is good enough. */
  readonly goal: number;
  readonly held: boolean;
}

await new Command("npm run bench --")
  .description("Measures Darkroom beside other ways of doing the same, in one run; prints ratios, never bare times.")
  .option("--rounds <n>", "pairs per comparison", Number, 5)
  .option("--json", "an array of {name, ratio, goal, held}")
  .action(async ({ rounds, json }: { rounds: number; json?: true }) => {
    const comparisons = await pixelBench({ rounds, say: (text) => process.stderr.write(`${text}\n`) });
    if (json) process.stdout.write(`${JSON.stringify(comparisons, null, 2)}\n`);
    else
      for (const { name, ratio, goal, held } of comparisons)
        console.log(
          `${held ? "held  " : "missed"}  ${ratio.toFixed(2).padStart(6)} ×  (goal ${goal.toFixed(2)})  ${name}`,
        );
    process.exitCode = comparisons.every(({ held }) => held) ? 0 : 1;
  })
  .parseAsync();
