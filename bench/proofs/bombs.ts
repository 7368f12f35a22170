import { rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { costOf } from "./apart.ts";
import { bombs } from "./bombs-made.ts";
import { corpus, corpusDir } from "./corpus.ts";
import type { Proof } from "./types.ts";

const mostSeconds = 10;
const mostMegabytes = 1024;

export const bombsProof: Proof = {
  name: "bombs",
  goal: `each hostile picture is inspected in at most ${mostSeconds} s and ${mostMegabytes} MB`,
  async run({ say, dir }) {
    const costs: {
      readonly name: string;
      readonly ms: number;
      readonly megabytes: number;
      readonly isHeld: boolean;
    }[] = [];
    const weigh = async (file: string) => {
      const { verdict, ms, megabytes } = await costOf("inspect", file);
      const isHeld = verdict !== "DIED" && ms <= mostSeconds * 1000 && megabytes <= mostMegabytes;
      costs.push({ name: basename(file), ms, megabytes, isHeld });
      say(`${basename(file)}: ${verdict}, ${ms} ms, ${megabytes} MB`);
    };
    for (const [name, make] of Object.entries(bombs)) {
      const file = join(dir, name);
      await writeFile(file, await make());
      await weigh(file);
      await rm(file);
    }
    for (const { file } of await corpus())
      if (/bomb|flood|header-|pages-/.test(file)) await weigh(join(corpusDir, file));

    const [slowest] = costs.toSorted((a, b) => b.ms - a.ms);
    const [largest] = costs.toSorted((a, b) => b.megabytes - a.megabytes);
    const missed = costs
      .filter(({ isHeld }) => !isHeld)
      .map(({ name, ms, megabytes }) => `${name}: ${ms} ms, ${megabytes} MB`);
    const worst = `${costs.length} pictures: at most ${((slowest?.ms ?? 0) / 1000).toFixed(1)} s (${slowest?.name}) and ${largest?.megabytes} MB (${largest?.name})`;
    return { figure: [worst, ...missed].join("; "), held: missed.length === 0 };
  },
};
