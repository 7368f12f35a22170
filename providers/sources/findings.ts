import { type Check, SourceError } from "./types.ts";

/** Answers what works, in a sentence. @throws SourceError that says what does not */
export type Step = () => Promise<string>;

/** Tries each step in order. Where nobody is let in, the rest is not tried. */
export async function findings(steps: readonly Step[]): Promise<Check> {
  const found: { ok: boolean; sentence: string }[] = [];
  for (const step of steps) {
    try {
      found.push({ ok: true, sentence: await step() });
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      found.push({ ok: false, sentence: error.message });
      if (error.code === "AUTH") break;
    }
  }
  return { ok: found.every(({ ok }) => ok), findings: found };
}
