import { Command } from "commander";
import { inspect } from "../handlers/pixels/inspect.ts";
import type { Reason } from "../handlers/record.ts";
import { readStackConfig, StackConfigError } from "../local/stack-config.ts";
import { type LimitOptions, limitOptions, moderationOptions } from "../options.ts";
import { moderatorFor } from "../providers/moderators/index.ts";
import { type Moderator, ModeratorError, type Screening } from "../providers/moderators/types.ts";
import { fetchPicture } from "./fetch-picture.ts";
import { given, parsed } from "./options.ts";
import { CliError, exitCodes, type Finish, printJson, printLine, progressLine } from "./output.ts";
import { readPicture } from "./picture-file.ts";

type Answer =
  | (Screening & { readonly status: "answered" })
  | { readonly status: "refused" | "unanswered"; readonly reason: Reason };
type Screened = { readonly file: string } & Answer;

interface Flags {
  readonly stack?: string;
  readonly screen?: string;
  readonly escalate?: string;
  readonly url?: string;
  readonly json?: true;
}

export const screenCommand = (finish: Finish) =>
  new Command("screen")
    .description("Asks the moderator whether pictures contain nudity, so that a team can try cases of its own.")
    .argument("<file-or-url...>", "pictures, as files or http(s) addresses")
    .option("--stack <name>", "take the moderator from this stack's config")
    .option("--screen <name>", "nsfwjs (the default), rekognition or http")
    .option("--escalate <name>", "who is asked when the first is unsure")
    .option("--url <address>", "of the http moderator; its token is read from DARKROOM_MODERATOR_TOKEN")
    .option(
      "--json",
      "an array of {file, status: answered, containsNudity, confidence, moderator, labels} or {file, status: refused | unanswered, reason}",
    )
    .action(async (files: string[], { stack, json, ...flags }: Flags) => {
      const moderator = await moderatorOf({ ...(await moderationOf(stack)), ...given(flags) });
      const limits = limitOptions.parse(undefined);
      const progress = progressLine();
      const answers: Screened[] = [];
      for (const file of files) {
        progress.show(`${answers.length + 1}/${files.length} ${file}`);
        const answer = { file, ...(await screenOne(file, moderator, limits)) };
        answers.push(answer);
        progress.clear();
        if (!json) printLine(line(answer));
      }
      if (json) printJson(answers);
      finish(answers.every(({ status }) => status === "answered") ? exitCodes.ok : exitCodes.refused);
    });

/** What a stack's config says of moderation. @throws CliError */
async function moderationOf(stack: string | undefined): Promise<Record<string, unknown>> {
  if (stack === undefined) return {};
  try {
    const found = (await readStackConfig(stack))["darkroom:moderation"];
    return (typeof found === "string" ? JSON.parse(found) : found) ?? {};
  } catch (cause) {
    if (cause instanceof StackConfigError) throw new CliError(cause.code, cause.sentence, { cause });
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new CliError("STACK_BROKEN", `Expected darkroom:moderation of stack ${stack} to be a structure.`, { cause });
  }
}

/** @throws CliError */
async function moderatorOf(config: Record<string, unknown>): Promise<Moderator> {
  const options = parsed(moderationOptions, config);
  try {
    return await moderatorFor(options, { secret: async () => process.env["DARKROOM_MODERATOR_TOKEN"] });
  } catch (cause) {
    if (!(cause instanceof ModeratorError)) throw cause;
    throw new CliError("MODERATOR_UNUSABLE", cause.message, { cause });
  }
}

async function screenOne(file: string, moderator: Moderator, limits: LimitOptions): Promise<Answer> {
  const read = await (/^https?:\/\//i.test(file) ? fetchPicture : readPicture)(file, limits);
  if ("refusal" in read) return { status: "refused", reason: read.refusal };
  const inspection = await inspect(read.bytes, limits);
  if (inspection.verdict === "reject") return { status: "refused", reason: inspection.reason };
  try {
    return { status: "answered", ...(await moderator.screen({ ...inspection.seen, bytes: read.bytes })) };
  } catch (error) {
    if (!(error instanceof ModeratorError)) throw error;
    return { status: "unanswered", reason: { code: error.code, sentence: error.message } };
  }
}

function line(answer: Screened): string {
  if (answer.status !== "answered")
    return `${answer.status.padEnd(10)}  ${answer.file}  ${answer.reason.code}: ${answer.reason.sentence}`;
  const { containsNudity, confidence, moderator, labels } = answer;
  const words = labels.map(({ name, confidence: sure }) => `${name} ${Math.round(sure)} %`).join(", ");
  return `${(containsNudity ? "nudity" : "no nudity").padEnd(10)}  ${confidence.toFixed(1).padStart(5)} %  ${answer.file}  ${moderator}${words && ` (${words})`}`;
}
