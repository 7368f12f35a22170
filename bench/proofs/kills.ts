import { build } from "../../build.ts";
import { surviveKills } from "../../tests/host/kill.ts";
import type { Proof } from "./types.ts";

export interface KillsOptions {
  readonly kills: number;
  readonly seed: number;
}

const pictures = 50;

export const killsProof = ({ kills, seed }: KillsOptions): Proof => ({
  name: "kills",
  goal: `${pictures} pictures are published exactly once each although the host is killed ${kills} times`,
  async run({ say, dir }) {
    // Of the sources as they stand, as `npm start` does.
    await build({ local: true });
    const { findings, inTime } = await surviveKills({ dir, pictures, kills, seed, patience: 300, say });
    const { statuses, ...faults } = findings;
    const counts = Object.entries(statuses).map(([status, count]) => `${count} ${status}`);
    const found = Object.entries(faults).filter(([, all]) => all.length > 0);
    return {
      figure: [
        ...counts,
        ...found.map(([what, all]) => `${what}: ${all.join(" ")}`),
        `${inTime} kills found work to cut off`,
        `seed ${seed}`,
      ].join(", "),
      held: statuses["published"] === pictures && found.length === 0,
    };
  },
});
