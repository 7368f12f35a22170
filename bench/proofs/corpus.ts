import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { costOf } from "./apart.ts";
import type { Proof } from "./types.ts";

interface Entry {
  readonly file: string;
  readonly expected: "accept" | "reject";
  readonly firm: boolean;
}

/** Beside the project, on machines that have it. */
export const corpusDir = join(import.meta.dirname, "../../../shared/corpus");

/** The odd files of the corpus, or none where it is not there. */
export async function corpus(): Promise<readonly Entry[]> {
  const manifest = join(corpusDir, "manifest.json");
  return existsSync(manifest) ? (JSON.parse(await readFile(manifest, "utf8")) as Entry[]) : [];
}

export const corpusProof: Proof = {
  name: "corpus",
  goal: "every firm verdict of ../shared/corpus is met",
  async run({ say }) {
    const firm = (await corpus()).filter((entry) => entry.firm);
    if (firm.length === 0) return { figure: "../shared/corpus is not there", held: null };
    const missed: string[] = [];
    for (const [at, { file, expected }] of firm.entries()) {
      const { verdict } = await costOf("inspect", join(corpusDir, file));
      const isMet = expected === "accept" ? verdict === "accept" : !["accept", "DIED"].includes(verdict);
      if (!isMet) missed.push(`${file} (${verdict} instead of ${expected})`);
      say(`${at + 1}/${firm.length} ${file}: ${verdict}`);
    }
    const met = `${firm.length - missed.length} of ${firm.length} met`;
    return { figure: [met, ...missed].join("; "), held: missed.length === 0 };
  },
};
