import { readdir } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import { Command } from "commander";
import { apiClient, laptop } from "./api-client.ts";
import { timeLeft } from "./convert/time-left.ts";
import { fileTrouble } from "./file-trouble.ts";
import { ends, type Followed, follow } from "./follow.ts";
import { openJournal } from "./import-journal.ts";
import { wholeNumber } from "./options.ts";
import { CliError, exitCodes, type Finish, printJson, printLine, progressLine } from "./output.ts";
import { uploadAll } from "./upload.ts";

/** One file on its way. Its status is also `rejected` when the host would not have it, `uploaded` when nobody waited. */
export interface Imported extends Followed {
  /** From the folder on. */
  readonly file: string;
}

interface Flags {
  readonly to: string;
  readonly wait?: true;
  readonly timeout: number;
  readonly atOnce: number;
  readonly resume?: string;
  readonly json?: true;
}

export const importCommand = (finish: Finish) =>
  new Command("import")
    .description(
      "Uploads every file of a folder to a Darkroom and, with --wait, follows each until it is published or refused. Hidden files and symbolic links are left out.",
    )
    .argument("<dir>", "folder; its subfolders too")
    .option("--to <url>", "a stack's apiUrl, or a laptop's /operator", laptop)
    .option("--wait", "until every picture has come to its end: published, rejected, duplicate or review")
    .option("--timeout <seconds>", "with --wait: longest time in which nothing moves", wholeNumber, 300)
    .option("--at-once <n>", "uploads at the same time", wholeNumber, 6)
    .option("--resume <file>", "keeps what was uploaded in this file, and goes on from what it says")
    .option(
      "--json",
      "{pictures: [{file, status, reason, pictureId, ms}]}; status is also uploaded (without --wait) or failed",
    )
    .action(async (dir: string, flags: Flags) => {
      const api = apiClient(flags.to);
      const files = (await filesIn(dir)).filter(
        (file) => flags.resume === undefined || !isSame(join(dir, file), flags.resume),
      );
      await api.greet();
      const started = performance.now();
      const pictures = files.map((file): Imported => ({ file, status: "waiting", ms: 0, startedAt: 0 }));
      const progress = progressLine();
      const left = timeLeft();
      const journal = flags.resume === undefined ? undefined : await openJournal(flags.resume, { dir, to: flags.to });
      const others = journal ? await journal.recall(pictures) : pictures;
      const before = pictures.length - others.length;
      const onSent = (sent: number) =>
        progress.show(`${before + sent}/${files.length} uploaded${left("upload", sent, others.length)}`);
      await uploadAll(others, { dir, api, atOnce: flags.atOnce, onSent, journal });
      const say = () => {
        const ended = pictures.filter(({ status }) => ends.has(status)).length;
        progress.show(`${summary(pictures)}${left("follow", ended, pictures.length)}`);
      };
      if (flags.wait)
        await follow(pictures, {
          api,
          timeout: flags.timeout,
          until: ends,
          say,
        });
      progress.clear();

      const recalled = before > 0 ? `, ${before} of them uploaded before` : "";
      const took = `${summary(pictures)}${recalled} in ${((performance.now() - started) / 1000).toFixed(1)} s`;
      if (flags.json) {
        printJson({ pictures: pictures.map(({ startedAt: _, ...picture }) => picture) });
        console.error(took);
      } else {
        for (const { file, status, reason } of pictures)
          if (reason) printLine(`${status.padEnd(9)} ${file}  ${reason.code}: ${reason.sentence}`);
        printLine(took);
      }
      const isWell = ({ status }: Imported) =>
        flags.wait ? ends.has(status) && !["rejected", "forgotten"].includes(status) : status === "uploaded";
      finish(pictures.every(isWell) ? exitCodes.ok : exitCodes.refused);
    });

/** The journal may lie in the folder. */
const isSame = (one: string, other: string) => resolve(one) === resolve(other);

async function filesIn(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch((cause: NodeJS.ErrnoException) => {
    throw new CliError("BAD_FOLDER", `Expected a folder of pictures at ${dir}, but ${fileTrouble(cause)}.`, { cause });
  });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)))
    .filter((file) => !file.split(sep).some((part) => part.startsWith(".")))
    .sort();
}

function summary(pictures: readonly Imported[]): string {
  const counts = new Map<string, number>();
  for (const { status } of pictures) counts.set(status, (counts.get(status) ?? 0) + 1);
  return `${pictures.length} pictures: ${[...counts].map(([status, count]) => `${count} ${status}`).join(", ") || "none"}`;
}
