import { Command, Option } from "commander";
import { convertBench } from "./convert.ts";
import { pixelBench } from "./pixels.ts";
import { scaleBench } from "./scale.ts";
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
  readonly only?: "pixels" | "sources" | "convert" | "scale";
  readonly rounds: number;
  readonly pages: number;
  readonly pictures: number;
  readonly json?: true;
}

await new Command("npm run bench --")
  .description(
    "Measures Darkroom beside other ways of doing the same, in one run; prints ratios; bare times only beside them.",
  )
  .addOption(new Option("--only <part>", "this alone").choices(["pixels", "sources", "convert", "scale"]))
  .option("--rounds <n>", "pairs per comparison", Number, 5)
  .option("--pages <n>", "with --only convert: pages of the site, with five pictures each", Number, 1000)
  .option("--pictures <n>", "with --only scale: of the larger import, beside a hundred", Number, 1000)
  .option("--json", "an array of {name, ratio, goal, held}")
  .action(async ({ only, rounds, pages, pictures, json }: Flags) => {
    const say = (text: string) => void process.stderr.write(`${text}\n`);
    const wants = (part: Flags["only"]) => only === undefined || only === part;
    const pixels = wants("pixels") ? await pixelBench({ rounds, say }) : [];
    const sources = wants("sources") ? await sourceBench({ rounds, say }) : [];
    // Minutes to half an hour of work on two cores, so only by name.
    const site = only === "convert" ? await convertBench({ pages, say }) : [];
    const scale = only === "scale" ? await scaleBench({ pictures, say }) : [];
    const comparisons = [...pixels, ...sourceComparisons(sources), ...site, ...scale];
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
