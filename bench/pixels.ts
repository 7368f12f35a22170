import { type Comparison, paired } from "./comparison.ts";
import { byDarkroom, cpu, naively, type Photograph, type SetName } from "./sets.ts";

export interface BenchOptions {
  readonly rounds: number;
  readonly photos: readonly Photograph[];
  readonly say: (text: string) => void;
}

/**
 * Darkroom's pixel work against sharp as people commonly call it, in one long-lived process. The phone's photograph is
 * apart: its colour profile has to be applied, which costs whoever does it before scaling.
 */
export async function pixelBench({ rounds, photos, say }: BenchOptions): Promise<readonly Comparison[]> {
  const plain = photos.filter(({ name }) => name !== "phone");
  const phone = photos.filter(({ name }) => name === "phone");
  const comparisons: Comparison[] = [];
  for (const [set, goal, of, what] of [
    ["b", 2.3, plain, "b"],
    ["b", 2.3, phone, "b, photographs with a colour profile"],
    ["c", 2.6, plain, "c"],
    ["d", 15, plain.slice(0, 1), "d"],
  ] as const) {
    const name = `naive sharp / darkroom, ${what}`;
    const ratios = await againstNaive(set, of, set === "d" ? 1 : rounds, (ratio) =>
      say(`${name}: ${ratio.toFixed(2)}`),
    );
    comparisons.push(paired({ name, ratios, goal }));
  }
  return comparisons;
}

async function againstNaive(
  set: SetName,
  photos: readonly Photograph[],
  rounds: number,
  say: (ratio: number) => void,
): Promise<number[]> {
  const ratios: number[] = [];
  // What a long-lived process does once, such as inspecting each photograph, is not measured.
  for (const { bytes } of photos) await byDarkroom(bytes, set === "d" ? "b" : set);
  for (let round = 0; round < rounds; round++)
    for (const { bytes } of photos) {
      const naive = await cpu(() => naively(bytes, set));
      const ours = await cpu(() => byDarkroom(bytes, set));
      ratios.push(naive / ours);
      say(naive / ours);
    }
  return ratios;
}
