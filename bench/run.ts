import { Command, Option } from "commander";
import { lineOf } from "./comparison.ts";
import { convertBench } from "./convert.ts";
import { encodingBench } from "./encoding.ts";
import { fidelityBench } from "./fidelity.ts";
import { flightBench } from "./flight.ts";
import { peerBench } from "./peers/index.ts";
import { pixelBench } from "./pixels.ts";
import { scaleBench } from "./scale.ts";
import { photographs } from "./sets.ts";
import { sourceBench, sourceComparisons, weightLine } from "./sources.ts";
import { targetBench } from "./target.ts";

const parts = ["pixels", "flight", "fidelity", "encoding", "target", "peers", "sources", "convert", "scale"] as const;
type Part = (typeof parts)[number];

interface Flags {
  readonly only?: Part;
  readonly rounds: number;
  readonly pages: number;
  readonly pictures: number;
  readonly json?: true;
}

await new Command("npm run bench --")
  .description(
    "Measures Darkroom beside other ways of doing the same, in one run; prints ratios; bare times only beside them.",
  )
  .addOption(new Option("--only <part>", "this alone").choices(parts))
  .option("--rounds <n>", "pairs per comparison and photograph", Number, 5)
  .option("--pages <n>", "with --only convert: pages of the site, with five pictures each", Number, 1000)
  .option("--pictures <n>", "with --only scale: of the larger import, beside a hundred", Number, 1000)
  .option("--json", "an array of {name, ratio, goal, held}")
  .action(async ({ only, rounds, pages, pictures, json }: Flags) => {
    const say = (text: string) => void process.stderr.write(`${text}\n`);
    const wants = (part: Part) => only === undefined || only === part;
    const ofPhotographs = (["pixels", "flight", "fidelity", "encoding", "target", "peers"] as const).filter(wants);
    if (ofPhotographs.length > 0) say("making photographs of 12 megapixels");
    const photos = ofPhotographs.length > 0 ? await photographs() : [];
    const options = { rounds, photos, say };
    const pixels = wants("pixels") ? await pixelBench(options) : [];
    const flight = wants("flight") ? await flightBench(options) : [];
    const fidelity = wants("fidelity") ? await fidelityBench(options) : [];
    const encoding = wants("encoding") ? await encodingBench(options) : [];
    const target = wants("target") ? await targetBench(options) : [];
    const peers = wants("peers") ? await peerBench(options) : [];
    const sources = wants("sources") ? await sourceBench({ rounds, say }) : [];
    // Minutes to half an hour of work on two cores, so only by name.
    const site = only === "convert" ? await convertBench({ pages, say }) : [];
    const scale = only === "scale" ? await scaleBench({ pictures, say }) : [];
    const ratios = [...pixels, ...flight, ...fidelity, ...encoding, ...target, ...peers];
    const comparisons = [...ratios, ...sourceComparisons(sources), ...site, ...scale];
    if (json) process.stdout.write(`${JSON.stringify(comparisons, null, 2)}\n`);
    else {
      for (const comparison of comparisons) console.log(lineOf(comparison));
      for (const weight of sources) console.log(weightLine(weight));
    }
    process.exitCode = [...comparisons, ...sources].every(({ held }) => held !== false) ? 0 : 1;
  })
  .parseAsync();
