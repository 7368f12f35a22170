import { Command, Option } from "commander";
import { pixelBench } from "./pixels.ts";
import { sourceBench, sourceComparisons, weightLine } from "./sources.ts";

/** One comparison of a run: how many times more the other way costs, and what was aimed at. */
export interface Comparison {
  readonly name: string;
  /** Median of the paired ratios other/ours, both measured in this very run. */
  readonly ratio: number;
  /** Least ratio that is good enough. */
  readonly goal: number;
  readonly held: boolean;
}

interface Flags {
  readonly only?: "pixels" | "sources";
  readonly rounds: number;
  readonly json?: true;
}

await new Command("npm run bench --")
  .description(
    "Measures Darkroom beside other ways of doing the same, in one run; prints ratios; bare times only beside them.",
  )
  .addOption(new Option("--only <part>", "this alone").choices(["pixels", "sources"]))
  .option("--rounds <n>", "pairs per comparison", Number, 5)
  .option("--json", "an array of {name, ratio, goal, held}")
  .action(async ({ only, rounds, json }: Flags) => {
    const say = (text: string) => void process.stderr.write(`${text}\n`);
    const pixels = only === "sources" ? [] : await pixelBench({ rounds, say });
    const sources = only === "pixels" ? [] : await sourceBench({ rounds, say });
    const comparisons = [...pixels, ...sourceComparisons(sources)];
    if (json) process.stdout.write(`${JSON.stringify(comparisons, null, 2)}\n`);
    else {
      for (const { name, ratio, goal, held } of comparisons)
        console.log(
          `${held ? "held  " : "missed"}  ${ratio.toFixed(2).padStart(6)} ×  (goal ${goal.toFixed(2)})  ${name}`,
        );
      for (const weight of sources) console.log(weightLine(weight));
    }
    process.exitCode = [...comparisons, ...sources].every(({ held }) => held) ? 0 : 1;
  })
  .parseAsync();
