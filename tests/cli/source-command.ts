import { PassThrough } from "node:stream";
import { expect, onTestFinished, vi } from "vitest";
import { prompts } from "../../cli/source/prompts.ts";
import { type SourceCommandDeps, sourceCommand } from "../../cli/source/source.ts";

const sources = [
  { name: "desk", kind: "folder", path: "to be set" },
  { name: "campaigns", kind: "dropbox", path: "/Campaigns", every: "10 minutes" },
  { name: "team", kind: "google-drive", folder: "1AbC" },
  { name: "results", kind: "google-drive", folder: "1AbC", writeBack: "2DeF" },
];

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command in this process, with a person who answers `answers` in their order. */
export async function run(
  args: readonly string[],
  deps: Partial<SourceCommandDeps> = {},
  answers: readonly string[] = [],
): Promise<Ran> {
  const told = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    const spy = vi.spyOn(process[stream], "write").mockImplementation((chunk) => {
      told[stream] += chunk;
      return true;
    });
    onTestFinished(() => spy.mockRestore());
  }
  let code = 0;
  const input = new PassThrough();
  for (const answer of answers) input.write(`${answer}\n`);
  await sourceCommand((exit) => (code = exit), {
    readConfig: async () => ({ "darkroom:sources": sources }),
    endpoints: {
      dropbox: { authorize: "http://127.0.0.1:1/authorize", token: "http://127.0.0.1:1/token" },
      "google-drive": { authorize: "http://127.0.0.1:1/authorize", token: "http://127.0.0.1:1/token" },
    },
    asks: () => prompts({ input, output: process.stderr }),
    ...deps,
  }).parseAsync(args, { from: "user" });
  return { code, ...told };
}
/** What the command ends with. */
export const refused = (ran: Promise<Ran>) =>
  ran.then(
    () => expect.fail("expected the command to be refused"),
    (error: { code: string; message: string }) => ({ code: error.code, message: error.message }),
  );
