import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Proof } from "./types.ts";

const root = join(import.meta.dirname, "../..");

export const crashProof: Proof = {
  name: "crash",
  goal: "every handler dies once before and after each call it makes, is told again, and leaves the same state and bytes",
  async run() {
    const vitest = join(root, "node_modules/vitest/vitest.mjs");
    const run = promisify(execFile)(process.execPath, [vitest, "run", "tests/handlers/crash", "--reporter=json"], {
      cwd: root,
      maxBuffer: 64 * 1024 * 1024,
    });
    // It fails with its report where a test does.
    const { stdout } = await run.catch((error: { stdout?: string }) => {
      if (error.stdout) return { stdout: error.stdout };
      throw error;
    });
    const { testResults } = JSON.parse(stdout.slice(stdout.indexOf("{"))) as Report;
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
