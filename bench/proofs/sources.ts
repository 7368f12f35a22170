import { pullInBadWeather } from "../../tests/sources/ten-thousand.ts";
import type { Proof } from "./types.ts";

export interface SourcesOptions {
  readonly seed: number;
}

const files = 10_000;

export const sourcesProof = ({ seed }: SourcesOptions): Proof => ({
  name: "sources",
  goal: `${files} files of a Dropbox arrive once each, and nothing else, while one in twenty things goes wrong`,
  async run({ say }) {
    const { once, met, calls, looks, tries, ...found } = await pullInBadWeather({ files, seed, say });
    const faults = Object.entries(found).filter(([, names]) => names.length > 0);
    const troubles = Object.values(met).reduce((sum, count) => sum + count, 0);
    return {
      figure: [
        `${once} once`,
        ...faults.map(([what, names]) => `${names.length} ${what}: ${names.slice(0, 5).join(" ")}`),
        `${troubles} troubles of ${Object.keys(met).length} kinds in ${calls} calls and ${looks} looks`,
        `at most ${tries} tries for a file`,
        `seed ${seed}`,
      ].join(", "),
      held: once === files && faults.length === 0,
    };
  },
});
