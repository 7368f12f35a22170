import { Command, InvalidArgumentError } from "commander";
import { type Caught, catchFault } from "./catch.ts";
import { faults } from "./faults.ts";
import { hunt } from "./hunt.ts";
import type { Found } from "./hunter.ts";
import { play } from "./schedule.ts";

interface Flags {
  readonly schedules?: number;
  readonly seed?: number;
  readonly workers?: number;
  readonly trace?: true;
  readonly faults?: true;
  readonly json?: true;
}

/** So many are printed; a mistake shows in many. */
const mostShown = 20;

await new Command("npm run simulate --")
  .description("Plays schedules of the real handlers over a world in memory; progress goes to stderr.")
  .option("--schedules <n>", "how many (default: 1000, or the one whose seed is named)", wholeNumber)
  .option("--seed <n>", "of the first; SIM_SEED does the same", wholeNumber, seedOf(process.env["SIM_SEED"]))
  .option("--workers <n>", "at once, instead of one for each processor", wholeNumber)
  .option("--trace", "tell all that happens in the schedule of the seed")
  .option("--faults", "put each mistake of the list in, and see that it is caught")
  .option("--json", "the outcome as JSON")
  .addHelpText(
    "after",
    "\nExit codes: 0 nothing is wrong, 1 an invariant is broken or a fault not caught, 2 wrong flags.",
  )
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .action(async (flags: Flags) => {
    const isRight = await (flags.faults ? tryFaults(flags) : simulate(flags));
    process.exitCode = isRight ? 0 : 1;
  })
  .parseAsync();

async function simulate({ seed: named, schedules = named === undefined ? 1000 : 1, workers, trace, json }: Flags) {
  const seed = named ?? 1;
  if (trace) {
    const { violations } = await play(seed, { trace: (line) => console.log(line) });
    for (const violation of violations) console.log(violation);
    return violations.length === 0;
  }
  const begun = performance.now();
  const broken: Found[] = [];
  const { played } = await hunt({
    seed,
    schedules,
    ...(workers && { workers }),
    found(found) {
      broken.push(found);
      if (!json && broken.length <= mostShown) console.log(telling(found));
    },
    say(count) {
      if (count % 1000 === 0) console.error(`${count} of ${schedules} schedules, ${broken.length} broken`);
    },
  });
  const seconds = Math.round((performance.now() - begun) / 1000);
  if (json) console.log(JSON.stringify({ seed, schedules: played, seconds, broken }, null, 2));
  else console.log(`${played} schedules in ${seconds} s: ${broken.length} broke an invariant.`);
  return broken.length === 0;
}

function telling({ seed, violations }: Found): string {
  return [`seed ${seed}; npm run simulate -- --seed ${seed} --trace`, ...new Set(violations)].join("\n  ");
}

async function tryFaults({ json }: Flags): Promise<boolean> {
  const all: Caught[] = [];
  for (const fault of faults) {
    const caught = await catchFault(fault);
    all.push(caught);
    const { seed, violation } = caught;
    if (!json)
      console.log(`${seed === undefined ? "MISSED" : `seed ${seed}`}`.padEnd(9), fault.name, "·", violation ?? "");
  }
  if (json) console.log(JSON.stringify(all, null, 2));
  return all.every(({ seed }) => seed !== undefined);
}

function seedOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : wholeNumber(text);
}

function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Expected a whole number from 1 of at most nine digits.");
}
