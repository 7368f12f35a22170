import { readFile, stat } from "node:fs/promises";
import { Command } from "commander";
import { inspect } from "../handlers/pixels/inspect.ts";
import { tooLarge } from "../handlers/pixels/reasons.ts";
import type { Reason } from "../handlers/record.ts";
import { type LimitOptions, limitOptions } from "../options.ts";
import { exitCodes, type Finish, plain, printJson } from "./output.ts";

export interface Inspected {
  readonly file: string;
  readonly verdict: "accept" | "reject";
  readonly code?: string;
  readonly sentence?: string;
  readonly type?: string;
  readonly width?: number;
  readonly height?: number;
}

export const inspectCommand = (finish: Finish) =>
  new Command("inspect")
    .description("Would these pictures be taken? Reads them here, with the same code as the ingest actor.")
    .argument("<file...>", "pictures")
    .option("--json", "an array of {file, verdict, code, sentence, type, width, height}")
    .action(async (files: string[], { json }: { json?: true }) => {
      const limits = limitOptions.parse(undefined);
      const answers: Inspected[] = [];
      for (const file of files) {
        const answer = await inspectFile(file, limits);
        answers.push(answer);
        if (!json) console.log(line(answer));
      }
      if (json) printJson(answers);
      finish(answers.every(({ verdict }) => verdict === "accept") ? exitCodes.ok : exitCodes.refused);
    });

async function inspectFile(file: string, limits: LimitOptions): Promise<Inspected> {
  const read = await readPicture(file, limits);
  if ("refusal" in read) return { file, verdict: "reject", code: read.refusal.code, sentence: read.refusal.sentence };
  const answer = await inspect(read.bytes, limits);
  if (answer.verdict === "accept") {
    const { type, width, height } = answer.seen;
    return { file, verdict: "accept", type, width, height };
  }
  const { reason, type, width, height } = answer;
  return { file, verdict: "reject", code: reason.code, sentence: reason.sentence, type, width, height };
}

/** A file's bytes, never more than the limit; or why they are not read. */
export async function readPicture(
  file: string,
  limits: LimitOptions,
): Promise<{ readonly bytes: Buffer } | { readonly refusal: Reason }> {
  try {
    const info = await stat(file);
    if (!info.isFile()) return { refusal: { code: "NOT_A_FILE", sentence: "This is not a file." } };
    const refusal = tooLarge(info.size, limits);
    return refusal ? { refusal } : { bytes: await readFile(file) };
  } catch (error) {
    return {
      refusal: { code: "UNREADABLE", sentence: `This file cannot be read (${(error as NodeJS.ErrnoException).code}).` },
    };
  }
}

const line = ({ file, verdict, type, width, height, code, sentence }: Inspected) =>
  verdict === "accept"
    ? `accept  ${plain(file)}  ${type} ${width}×${height}`
    : `reject  ${plain(file)}  ${code}: ${sentence}`;
