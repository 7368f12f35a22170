import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { bombsProof } from "./proofs/bombs.ts";
import { buildsProof } from "./proofs/builds.ts";
import { corpusProof } from "./proofs/corpus.ts";
import { crashProof } from "./proofs/crash.ts";
import { killsProof } from "./proofs/kills.ts";
import { memoryProof } from "./proofs/memory.ts";
import { permissionsProof } from "./proofs/permissions.ts";
import { simulationProof } from "./proofs/simulation.ts";
import { sourcesProof } from "./proofs/sources.ts";
import type { Proof } from "./proofs/types.ts";

/** The proofs there are, in the order in which they run. */
const proofs = (flags: Pick<Flags, "kills" | "seed" | "schedules">): readonly Proof[] => [
  corpusProof,
  killsProof(flags),
  sourcesProof(flags),
  buildsProof,
  memoryProof,
  bombsProof,
  crashProof,
  permissionsProof,
  simulationProof(flags),
];
const names = proofs({ kills: 0, seed: 0, schedules: 0 }).map(({ name }) => name);

interface Proven {
  readonly name: string;
  readonly goal: string;
  readonly figure: string;
  readonly held: boolean | null;
}

interface Flags {
  readonly only?: readonly string[];
  readonly kills: number;
  readonly seed: number;
  readonly schedules: number;
  readonly json?: true;
}

await new Command("npm run prove --")
  .description("Runs the long proofs of what Darkroom promises; progress goes to stderr.")
  .addOption(new Option("--only <name...>", "these alone").choices(names))
  .option("--kills <n>", "how often the host is killed", wholeNumber, 20)
  .option(
    "--seed <n>",
    "of the moments at which it is killed, of the sources' troubles, and of the schedules",
    wholeNumber,
    Date.now() % 100_000,
  )
  .option("--schedules <n>", "how many the simulation plays", wholeNumber, 10_000)
  .option("--json", "an array of {name, goal, figure, held}; held is null where a proof cannot be had")
  .addHelpText("after", "\nExit codes: 0 all that could be had is held, 1 something is not, 2 wrong flags.")
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .action(async ({ only = names, json, ...flags }: Flags) => {
    const proven: Proven[] = [];
    for (const proof of proofs(flags).filter(({ name }) => only.includes(name))) {
      const result = { name: proof.name, goal: proof.goal, ...(await prove(proof)) };
      proven.push(result);
      if (!json) console.log(line(result));
    }
    if (json) console.log(JSON.stringify(proven, null, 2));
    process.exitCode = proven.some(({ held }) => held === false) ? 1 : 0;
  })
  .parseAsync();

async function prove(proof: Proof): Promise<Pick<Proven, "figure" | "held">> {
  const started = performance.now();
  const say = (text: string) =>
    console.error(`${proof.name.padEnd(7)} ${Math.round((performance.now() - started) / 1000)} s  ${text}`);
  const dir = await mkdtemp(join(tmpdir(), "darkroom-prove-"));
  try {
    return await proof.run({ say, dir });
  } catch (error) {
    // A proof that breaks down proves nothing, and must not keep the others from running.
    return { figure: `broke down: ${(error as Error).message}`, held: false };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

function wholeNumber(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Expected a whole number of at most six digits.");
}

function line({ name, goal, figure, held }: Proven): string {
  const word = held === null ? "absent" : held ? "held" : "MISSED";
  return `${word.padEnd(6)}  ${name.padEnd(7)}  ${goal}\n                 ${figure}`;
}
