import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Proof } from "./types.ts";

const root = join(import.meta.dirname, "../..");

export const crashProof: Proof = {
  name: "crash",
  goal: "every handler dies once before and after each call it makes, is told again, and leaves the same state and bytes",
  async run({ dir }) {
    const vitest = join(root, "node_modules/vitest/vitest.mjs");
    const report = join(dir, "report.json");
    const flags = ["--reporter=json", `--outputFile=${report}`];
    const child = spawn(process.execPath, [vitest, "run", "tests/handlers/crash", ...flags], {
      cwd: root,
      stdio: "ignore",
    });
    // How it ended is in the report.
    await once(child, "close");
    const { testResults } = JSON.parse(await readFile(report, "utf8")) as Report;
    const deaths = testResults
      .flatMap(({ assertionResults }) => assertionResults)
      .filter(({ title }) => title.includes("after a death"));
    const alike = deaths.filter(({ status }) => status === "passed");
    return {
      figure: `${alike.length} of ${deaths.length} deaths left the same`,
      held: deaths.length > 0 && alike.length === deaths.length,
    };
  },
};

interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly title: string; readonly status: string }[];
  }[];
}
