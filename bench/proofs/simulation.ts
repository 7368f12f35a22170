import { type Caught, catchFault } from "../../tests/simulation/catch.ts";
import { faults } from "../../tests/simulation/faults.ts";
import { hunt } from "../../tests/simulation/hunt.ts";
import type { Proof } from "./types.ts";

export interface SimulationOptions {
  readonly schedules: number;
  readonly seed: number;
}

export const simulationProof = ({ schedules, seed }: SimulationOptions): Proof => ({
  name: "simulation",
  goal: `${schedules} schedules of the real handlers break no invariant, and every mistake put in is caught`,
  async run({ say }) {
    const broken: number[] = [];
    await hunt({
      seed: seed + 1,
      schedules,
      found: (found) => void broken.push(found.seed),
      say(played) {
        if (played % 1000 === 0) say(`${played} schedules, ${broken.length} broken`);
      },
    });
    const missed: Caught[] = [];
    for (const fault of faults) {
      const caught = await catchFault(fault);
      if (caught.seed === undefined) missed.push(caught);
    }
    return {
      figure: [
        `${schedules} schedules from seed ${seed + 1}, ${broken.length} broken`,
        ...(broken.length > 0 ? [`seeds ${broken.slice(0, 20).join(" ")}`] : []),
        `${faults.length - missed.length} of ${faults.length} mistakes caught`,
        ...missed.map(({ fault }) => `missed: ${fault}`),
      ].join(", "),
      held: broken.length === 0 && missed.length === 0,
    };
  },
});
