import { setTimeout as wait } from "node:timers/promises";
import { Command, Option } from "commander";
import type { Picture, Tier } from "../handlers/record.ts";
import { type ApiClient, apiClient, laptop, passing } from "./api-client.ts";
import { wholeNumber } from "./options.ts";
import { CliError, exitCodes, type Finish, printJson, printLine, progressLine } from "./output.ts";

interface Flags {
  readonly tier: Tier;
  readonly days: number;
  readonly wait?: true;
  readonly timeout: number;
  readonly at: string;
  readonly json?: true;
}

export const restoreCommand = (finish: Finish) =>
  new Command("restore")
    .description(
      "Brings a picture's original back from the archive into the working bucket. Out of GLACIER_IR it comes at once; out of GLACIER within minutes (expedited), 5 hours (standard) or 12 (bulk); out of DEEP_ARCHIVE within 12 hours (standard) or 48 (bulk).",
    )
    .argument("<picture>", "its id")
    .addOption(
      new Option("--tier <tier>", "how fast; the faster, the dearer")
        .choices(["bulk", "standard", "expedited"])
        .default("standard"),
    )
    .option("--days <number>", "for which it stays before it is archived again", wholeNumber, 7)
    .option("--wait", "until it is there")
    .option("--timeout <seconds>", "with --wait: longest wait", wholeNumber, 3 * 24 * 3600)
    .option("--at <url>", "a stack's apiUrl, or a laptop's /operator", laptop)
    .option("--json", "the picture's record; its archive.restored says that it is there, and until when")
    .action(async (pictureId: string, flags: Flags) => {
      const { tier, days, timeout, at, json } = flags;
      const api = apiClient(at);
      const asked = await api.restore(pictureId, { tier, days });
      const record = flags.wait ? await waited(asked, api, timeout) : asked;
      if (json) printJson(record);
      else printLine(sentenceOf(record));
      finish(flags.wait && record.archive?.restored === undefined ? exitCodes.refused : exitCodes.ok);
    });

function sentenceOf({ name, status, archive }: Picture): string {
  if (archive?.restored !== undefined) return `restored   ${name}, until ${archive.restored.until}`;
  if (archive?.restoring !== undefined) return `restoring  ${name}, out of ${archive.class}`;
  return `${status}  ${name}`;
}

/** The record when the original is back, or can no longer come; or as it was last, when the time is up. */
async function waited(asked: Picture, api: ApiClient, timeout: number): Promise<Picture> {
  const ends = performance.now() + timeout * 1000;
  const progress = progressLine();
  let [record, pause] = [asked, 400];
  while (record.archive?.restoring !== undefined && performance.now() < ends) {
    progress.show(`restoring ${record.name}, out of ${record.archive.class}`);
    await wait(Math.min(pause, Math.max(0, ends - performance.now())));
    // Hours, perhaps: after the first moments there is no hurry.
    pause = Math.min(pause * 1.2, 60_000);
    record = (await look(record.pictureId, api)) ?? record;
  }
  progress.clear();
  return record;
}

/** Undefined where the host is away for a while. @throws CliError for any other trouble */
async function look(pictureId: string, api: ApiClient): Promise<Picture | undefined> {
  try {
    return (await api.pictures([pictureId]))[0];
  } catch (error) {
    if (error instanceof CliError && passing.has(error.code)) return undefined;
    throw error;
  }
}
