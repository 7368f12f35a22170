import { basename, join } from "node:path";
import { Command } from "commander";
import { compressionOptions, limitOptions, renditionOptions } from "../options.ts";
import { sharpCompressor } from "../providers/compressors/sharp.ts";
import { type Developed, developFile } from "./develop-file.ts";
import { listOf, numberIfAny, parsed } from "./options.ts";
import { bytesText, exitCodes, type Finish, printJson, printLine, progressLine } from "./output.ts";

interface Flags {
  readonly out: string;
  readonly widths?: string;
  readonly formats?: string;
  readonly preset?: string;
  readonly json?: true;
}

export const developCommand = (finish: Finish) =>
  new Command("develop")
    .description(
      "Makes every size and format of these pictures here, and their markup, with the same code as the actors. Nothing is screened or uploaded.",
    )
    .argument("<file...>", "pictures")
    .requiredOption("-o, --out <dir>", "folder for the results; each picture gets a folder of its own in it")
    .option("--widths <list>", "responsive widths in pixels, such as 320,640,1280")
    .option("--formats <list>", "jpeg, webp, avif; jpeg stands for the picture's base format")
    .option("--preset <name>", "fast, balanced or smallest")
    .option("--json", "an array of {file, status, reason, out, bytes, width, height, renditions, markup, ms}")
    .action(async (files: string[], flags: Flags) => {
      const renditions = parsed(renditionOptions, {
        widths: listOf(flags.widths)?.map(numberIfAny),
        formats: listOf(flags.formats),
      });
      const { preset } = parsed(compressionOptions, { preset: flags.preset });
      const deps = { renditions, limits: limitOptions.parse(undefined), compressor: sharpCompressor({ preset }) };
      const progress = progressLine();
      const folderOf = freeNames();
      const results: Developed[] = [];
      for (const file of files) {
        progress.show(`${results.length + 1}/${files.length} ${file}`);
        const result = await developFile(file, join(flags.out, folderOf(file)), deps);
        results.push(result);
        progress.clear();
        if (!flags.json) printLine(line(result));
      }
      if (flags.json) printJson(results);
      finish(results.every(({ status }) => status === "developed") ? exitCodes.ok : exitCodes.refused);
    });

/** A folder's name for each file: its own, numbered where an earlier one has it already. */
function freeNames(): (file: string) => string {
  const taken = new Set<string>();
  // Some disks take names for the same that differ in case, or in how an accent is written.
  const sameness = (name: string) => name.normalize("NFC").toLowerCase();
  return (file) => {
    const name = basename(file);
    let free = name;
    for (let n = 2; taken.has(sameness(free)); n++) free = `${name}-${n}`;
    taken.add(sameness(free));
    return free;
  };
}

function line({ file, status, reason, out, bytes = 0, renditions = [], ms }: Developed): string {
  if (status === "rejected") return `reject   ${file}  ${reason?.code}: ${reason?.sentence}`;
  const widest = Math.max(...renditions.map(({ width }) => width));
  const smallest = renditions
    .filter(({ width }) => width === widest)
    .reduce((best, next) => (next.bytesAfter < best.bytesAfter ? next : best));
  return `develop  ${file}  ${bytesText(bytes)} → ${bytesText(smallest.bytesAfter)} (${smallest.name}), ${renditions.length} files in ${out}, ${ms} ms`;
}
