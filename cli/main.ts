import { Command, CommanderError } from "commander";
import { developCommand } from "./develop.ts";
import { importCommand } from "./import.ts";
import { inspectCommand } from "./inspect.ts";
import { CliError, exitCodes } from "./output.ts";
import { reviewCommand } from "./review.ts";
import { screenCommand } from "./screen.ts";
import { statusCommand } from "./status.ts";

/** Runs one command line; answers the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  let code: number = exitCodes.ok;
  const finish = (exit: number) => {
    code = exit;
  };
  const program = new Command("darkroom")
    .description("Develops pictures: screens them, makes every size and format a page needs, publishes them.")
    .addHelpText(
      "after",
      "\nExit codes: 0 all went well · 1 a picture was refused or failed · 2 the command could not be carried out",
    )
    .exitOverride();
  for (const command of [inspectCommand, developCommand, screenCommand, importCommand, statusCommand, reviewCommand])
    program.addCommand(command(finish).exitOverride());
  try {
    await program.parseAsync(args, { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.trouble;
    if (!(error instanceof CliError)) throw error;
    console.error(`${error.code}: ${error.message}`);
    return exitCodes.trouble;
  }
}
