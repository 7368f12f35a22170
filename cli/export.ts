import { setTimeout as wait } from "node:timers/promises";
import { Command } from "commander";
import { countDays, lastDays } from "../handlers/export/days.ts";
import { type ApiClient, apiClient, laptop, passing } from "./api-client.ts";
import type { Exported } from "./api-shapes.ts";
import { keepFiles, writeDataSources } from "./exported-files.ts";
import { wholeNumber } from "./options.ts";
import { CliError, type Finish, printJson, printLine, progressLine } from "./output.ts";

interface Flags {
  readonly days?: number;
  readonly from?: string;
  readonly to?: string;
  readonly out?: string;
  readonly tableau?: string;
  readonly at: string;
  readonly timeout: number;
  readonly json?: true;
}

export const exportCommand = (_finish: Finish) =>
  new Command("export")
    .description(
      "Exports the pictures of some days of entry now, by UTC, over what was exported of them before: to the stack's bucket, and with --out to this machine as well.",
    )
    .option("--days <n>", "the last so many days, today included (default: 31)", wholeNumber)
    .option("--from <day>", "first day instead, such as 2026-11-01")
    .option("--to <day>", "last day (default: today)")
    .option("-o, --out <path>", "file.parquet for all pictures as one file, or a folder for both tables by day")
    .option(
      "--tableau <file>",
      "writes a data source for Tableau, file.tds, one for the renditions and athena.properties beside it; alone, exports nothing",
    )
    .option("--at <url>", "a stack's apiUrl, or a laptop's /operator", laptop)
    .option("--timeout <seconds>", "longest time in which no day is finished", wholeNumber, 900)
    .option("--json", "{days: [{day, pictures, renditions}], files: [path]}")
    .action(async (flags: Flags) => {
      const api = apiClient(flags.at);
      const range = rangeOf(flags, new Date());
      const files: string[] = [];
      if (flags.tableau !== undefined) files.push(...(await writeDataSources(flags.tableau, await api.exportPlace())));
      const exported = range && (await exportDays(api, range, flags.timeout));
      if (exported && flags.out !== undefined) files.push(...(await keepFiles(exported.files, flags.out)));

      if (flags.json) return printJson({ days: exported?.days ?? [], files });
      if (exported) printLine(sentence(exported));
      for (const file of files) printLine(file);
    });

interface Range {
  readonly from: string;
  readonly to: string;
}

/** Undefined where only a data source is asked for. @throws CliError `BAD_OPTION` */
function rangeOf({ days, from, to, out, tableau }: Flags, now: Date): Range | undefined {
  if (tableau !== undefined && [days, from, to, out].every((flag) => flag === undefined)) return undefined;
  if (days !== undefined && (from ?? to) !== undefined) throw bad("expected --days or --from and --to, received both");
  if (days !== undefined && days > mostDays) throw tooMany(days);
  const today = lastDays(now, 1)[0]!;
  const range = { from: from ?? lastDays(now, days ?? 31)[0]!, to: to ?? today };
  for (const [flag, day] of Object.entries(range))
    if (!isDay(day)) throw bad(`--${flag}: expected a day such as ${today}, received ${JSON.stringify(day)}`);
  if (range.from > range.to) throw bad(`--from: expected it not to be after --to, ${range.to}, received ${range.from}`);
  const count = countDays(range.from, range.to);
  if (count > mostDays) throw tooMany(count);
  return range;
}

/** As the API takes them. */
const mostDays = 366;

const tooMany = (days: number) => bad(`expected at most ${mostDays} days at a time, received ${days}`);

const bad = (message: string) => new CliError("BAD_OPTION", message);

const isDay = (text: string) =>
  /^\d{4}-\d\d-\d\d$/.test(text) &&
  !Number.isNaN(Date.parse(text)) &&
  new Date(text).toISOString().slice(0, 10) === text;

/** Waits for the end, of a host that is away for a while as well. @throws CliError `NO_PROGRESS` */
async function exportDays(api: ApiClient, range: Range, timeout: number): Promise<Exported> {
  const progress = progressLine();
  const id = await api.beginExport(range);
  let [seen, movedAt] = [-1, performance.now()];
  for (;;) {
    const exported = await api.exported(id).catch((error: unknown) => {
      if (error instanceof CliError && passing.has(error.code)) return undefined;
      throw error;
    });
    if (exported?.finished) {
      progress.clear();
      return exported;
    }
    const done = exported?.days.length ?? seen;
    if (done !== seen) [seen, movedAt] = [done, performance.now()];
    if (performance.now() - movedAt > timeout * 1000)
      throw new CliError(
        "NO_PROGRESS",
        `Expected the export to go on, but no day was finished for ${timeout} s. Its function's log says more; or ask for fewer days.`,
      );
    if (exported) progress.show(`${done}/${exported.of} days exported`);
    await wait(500);
  }
}

function sentence({ days }: Exported): string {
  const sum = (table: "pictures" | "renditions") => days.reduce((total, day) => total + day[table], 0);
  return `${sum("pictures")} pictures and ${sum("renditions")} renditions of ${days.length} days exported.`;
}
