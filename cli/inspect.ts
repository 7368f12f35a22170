import { Command } from "commander";
import { inspect } from "../handlers/pixels/inspect.ts";
import { type LimitOptions, limitOptions } from "../options.ts";
import { exitCodes, type Finish, printJson, printLine, progressLine } from "./output.ts";
import { readPicture } from "./picture-file.ts";

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
      const progress = progressLine();
      const answers: Inspected[] = [];
      for (const file of files) {
        progress.show(`${answers.length + 1}/${files.length} ${file}`);
        const answer = await inspectFile(file, limits);
        answers.push(answer);
        progress.clear();
        if (!json) printLine(line(answer));
      }
      if (json) printJson(answers);
      finish(answers.every(({ verdict }) => verdict === "accept") ? exitCodes.ok : exitCodes.refused);
    });

async function inspectFile(file: string, limits: LimitOptions): Promise<Inspected> {
  const read = await readPicture(file, limits);
  if ("refusal" in read) return { file, verdict: "reject", code: read.refusal.code, sentence: read.refusal.sentence };
  const answer = await inspect(read.bytes, limits);
  if (answer.verdict === "accept") {
    const { format: type, width, height } = answer.seen;
    return { file, verdict: "accept", type, width, height };
  }
  const { reason, type, width, height } = answer;
  return { file, verdict: "reject", code: reason.code, sentence: reason.sentence, type, width, height };
}

const line = ({ file, verdict, type, width, height, code, sentence }: Inspected) =>
  verdict === "accept" ? `accept  ${file}  ${type} ${width}×${height}` : `reject  ${file}  ${code}: ${sentence}`;
