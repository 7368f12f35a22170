import { Command, CommanderError } from "commander";
import { convertCommand } from "./convert/convert.ts";
import { developCommand } from "./develop.ts";
import { digestCommand } from "./digest.ts";
import { exportCommand } from "./export.ts";
import { failoverCommand } from "./failover.ts";
import { forgetCommand } from "./forget.ts";
import { importCommand } from "./import.ts";
import { inspectCommand } from "./inspect.ts";
import { CliError, clearProgress, exitCodes, type Finish, plain, printJson } from "./output.ts";
import { presignCommand } from "./presign.ts";
import { redriveCommand } from "./redrive.ts";
import { restoreCommand } from "./restore.ts";
import { reviewCommand } from "./review.ts";
import { screenCommand } from "./screen.ts";
import { sourceCommand } from "./source/source.ts";
import { statusCommand } from "./status.ts";

/** Runs one command line; answers the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  // Whoever reads the results may stop early, as `head` does.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    clearProgress();
    if (error.code !== "EPIPE") throw error;
    process.exit(exitCodes.ok);
  });
  let code: number = exitCodes.ok;
  const finish = (exit: number) => {
    code = exit;
  };
  const program = prepared(new Command("darkroom"))
    .description("Develops pictures: screens them, makes every size and format a page needs, publishes them.")
    .addHelpText("afterAll", notes);
  for (const command of commands) program.addCommand(prepared(command(finish)));
  const fail = (error: string, message: string) => {
    if (args.includes("--json")) printJson({ error: { code: error, message } });
    return exitCodes.trouble;
  };
  try {
    await program.parseAsync(args, { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return exitCodes.ok;
      const usage = error.code === "commander.help" ? "Expected a command, received none." : error.message;
      return fail("USAGE", usage.replace(/^error: /, ""));
    }
    // Anything else is a mistake of ours: its stack helps, and its exit code must not pass for a picture's.
    const [name, shown] =
      error instanceof CliError
        ? [error.code, plain(error.message)]
        : ["UNEXPECTED", error instanceof Error ? (error.stack ?? error.message) : String(error)];
    clearProgress();
    console.error(`${name}: ${shown}`);
    return fail(name, error instanceof Error ? error.message : String(error));
  }
}

const commands: readonly ((finish: Finish) => Command)[] = [
  inspectCommand,
  developCommand,
  convertCommand,
  screenCommand,
  importCommand,
  presignCommand,
  statusCommand,
  redriveCommand,
  failoverCommand,
  reviewCommand,
  restoreCommand,
  forgetCommand,
  digestCommand,
  exportCommand,
  (finish) => sourceCommand(finish),
];

/** The same ways for a command and those below it. */
function prepared(command: Command): Command {
  for (const below of command.commands) prepared(below);
  return command
    .exitOverride()
    .showHelpAfterError("Add --help to see how it is used.")
    .configureOutput({ outputError: (text, write) => write(text.split("\n").map(plain).join("\n")) });
}

const notes = `
Exit codes:
  0  all went well
  1  a picture was refused or failed, or a source is in trouble
  2  the command could not be carried out

With --json, stdout holds one JSON document and nothing else: the one described,
or {error: {code, message}} where the exit code is 2.`;
