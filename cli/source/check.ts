import { readFile } from "node:fs/promises";
import { Command } from "commander";
import { sourceFor } from "../../providers/sources/index.ts";
import type { SourceOptions } from "../../providers/sources/options.ts";
import { type Check, SourceError } from "../../providers/sources/types.ts";
import { fileTrouble } from "../file-trouble.ts";
import { CliError, exitCodes, type Finish, printJson, printLine } from "../output.ts";
import { configuredSources, sourceNamed } from "./configured.ts";
import type { SourceCommandDeps } from "./source.ts";
import { secretOnLaptop } from "./store.ts";

interface Flags {
  readonly stack: string;
  readonly secretFile?: string;
  readonly data?: string;
  readonly json?: true;
}

export const checkCommand = (finish: Finish, { readConfig, fetch }: Pick<SourceCommandDeps, "readConfig" | "fetch">) =>
  new Command("check")
    .description("Says what works and what is missing before pictures can be pulled. Changes nothing.")
    .argument("<name>", "of the source, in the stack's config")
    .option("--stack <name>", "whose config names the source", "dev")
    .option("--secret-file <file>", "with the source's secret; otherwise it is read from DARKROOM_SOURCE_SECRET")
    .option("--data <dir>", "data folder of npm start that keeps the secret")
    .option("--json", "{name, kind, ok, findings: [{ok, sentence}]}")
    .action(async (name: string, { stack, json, ...kept }: Flags) => {
      const options = sourceNamed(name, stack, await configuredSources(stack, readConfig));
      const { ok, findings } = await checked(options, await secretOf(name, kept), fetch);
      if (json) printJson({ name, kind: options.kind, ok, findings });
      else {
        for (const finding of findings) printLine(`${finding.ok ? "works  " : "missing"}  ${finding.sentence}`);
        printLine(ok ? `${name} is ready to be pulled, every ${options.every}.` : `${name} cannot be pulled yet.`);
      }
      finish(ok ? exitCodes.ok : exitCodes.refused);
    });

async function secretOf(name: string, { secretFile, data }: Pick<Flags, "secretFile" | "data">) {
  if (secretFile !== undefined) return secretIn(secretFile);
  return data === undefined ? process.env["DARKROOM_SOURCE_SECRET"] : secretOnLaptop(name, data);
}

async function checked(
  options: SourceOptions,
  secret: string | undefined,
  fetch: SourceCommandDeps["fetch"],
): Promise<Check> {
  try {
    const source = await sourceFor(options, { secret: async () => secret, fetch });
    return await source.check();
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    return { ok: false, findings: [{ ok: false, sentence: error.message }] };
  }
}

async function secretIn(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    const trouble = fileTrouble(cause as NodeJS.ErrnoException);
    throw new CliError("UNREADABLE", `Expected the source's secret in ${file}, but ${trouble}.`, { cause });
  }
}
