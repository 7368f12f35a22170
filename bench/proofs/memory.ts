import { rm } from "node:fs/promises";
import { basename } from "node:path";
import { build } from "../../build.ts";
import { captureApart } from "../../local/capture.ts";
import { configOf } from "../../local/stack-config.ts";
import { costOf } from "./apart.ts";
import { largeStills } from "./large-stills.ts";
import type { Proof } from "./types.ts";

const share = 0.6;

export const memoryProof: Proof = {
  name: "memory",
  goal: `the largest stills that are taken need no more than ${share * 100} % of the resize function's memory`,
  async run({ say, dir }) {
    const memory = await memoryOf("resize");
    const peaks: { readonly name: string; readonly megabytes: number }[] = [];
    const lost: string[] = [];
    for await (const file of largeStills(dir, say)) {
      const { verdict, ms, megabytes } = await costOf("develop", file);
      await rm(file);
      const name = basename(file);
      say(`${name}: ${megabytes} MB in ${ms} ms, ${verdict}`);
      if (verdict === "accept") peaks.push({ name, megabytes });
      else lost.push(`${name} was not developed (${verdict})`);
    }
    peaks.sort((a, b) => b.megabytes - a.megabytes);
    const most = peaks[0]?.megabytes ?? Number.NaN;
    const list = peaks.map(({ name, megabytes }) => `${name} ${megabytes} MB`);
    return {
      figure: [`${Math.round((most / memory) * 100)} % of ${memory} MB: ${list.join(", ")}`, ...lost].join("; "),
      held: lost.length === 0 && most <= share * memory,
    };
  },
};

/** Megabytes that a stack gives a function: what its captured graph says. */
async function memoryOf(name: string): Promise<number> {
  await build({ local: true });
  const { resources } = await captureApart({ stack: "dev", config: await configOf("dev") });
  const fn = resources.find(
    ({ type, inputs }) =>
      type === "aws:lambda/function:Function" && basename((inputs["code"] as { path: string }).path) === name,
  );
  const memory = fn?.inputs["memorySize"];
  if (typeof memory === "number") return memory;
  throw new Error(`Expected the graph to have a function ${name} that says its memory, received ${memory}.`);
}
