import { Command } from "commander";
import { inspect } from "../handlers/pixels/inspect.ts";
import { tooLarge } from "../handlers/pixels/reasons.ts";
import type { Reason } from "../handlers/record.ts";
import { readStackConfig } from "../local/stack-config.ts";
import { type LimitOptions, limitOptions, moderationOptions } from "../options.ts";
import { moderatorFor } from "../providers/moderators/index.ts";
import { type Moderator, ModeratorError, type Screening } from "../providers/moderators/types.ts";
import { readPicture } from "./inspect.ts";
import { parsed } from "./options.ts";
import { exitCodes, type Finish, plain, printJson } from "./output.ts";

type Screened = { readonly file: string } & (
  | (Screening & { readonly status: "answered" })
  | { readonly status: "refused" | "unanswered"; readonly reason: Reason }
);

export const screenCommand = (finish: Finish) =>
  new Command("screen")
    .description("Asks the moderator whether pictures contain nudity, so that a team can try cases of its own.")
    .argument("<file-or-url...>", "pictures, as files or http(s) addresses")
    .option("--stack <name>", "take the moderator from this stack's config")
    .option("--screen <name>", "nsfwjs, rekognition or http")
    .option("--escalate <name>", "who is asked when the first is unsure")
    .option("--url <address>", "of the http moderator; its token is read from DARKROOM_MODERATOR_TOKEN")
    .option(
      "--json",
      "an array of {file, status, containsNudity, confidence, moderator, labels} or {file, status, reason}",
    )
    .action(
      async (
        files: string[],
        flags: { stack?: string; screen?: string; escalate?: string; url?: string; json?: true },
      ) => {
        const configured =
          flags.stack === undefined ? {} : ((await readStackConfig(flags.stack))["darkroom:moderation"] ?? {});
        const { screen, escalate, url } = flags;
        const options = parsed(moderationOptions, { ...(configured as object), ...given({ screen, escalate, url }) });
        const moderator = await moderatorFor(options, { secret: async () => process.env["DARKROOM_MODERATOR_TOKEN"] });
        const limits = limitOptions.parse(undefined);
        const answers: Screened[] = [];
        for (const file of files) {
          const answer = { file, ...(await screenOne(file, moderator, limits)) };
          answers.push(answer);
          if (!flags.json) console.log(line(answer));
        }
        if (flags.json) printJson(answers);
        finish(answers.every(({ status }) => status === "answered") ? exitCodes.ok : exitCodes.refused);
      },
    );

const given = (flags: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined));

type Answer = Screened extends infer S ? (S extends unknown ? Omit<S, "file"> : never) : never;

async function screenOne(file: string, moderator: Moderator, limits: LimitOptions): Promise<Answer> {
  const read = /^https?:\/\//.test(file) ? await fetchPicture(file, limits) : await readPicture(file, limits);
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

async function fetchPicture(
  url: string,
  limits: LimitOptions,
): Promise<{ readonly bytes: Buffer } | { readonly refusal: Reason }> {
  const unreachable = (what: string) => ({
    refusal: { code: "UNREACHABLE", sentence: `Expected a picture at this address, but ${what}.` },
  });
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(30_000) });
    if (!response.ok || response.body === null) return unreachable(`it answered ${response.status}`);
    const chunks: Uint8Array[] = [];
    let held = 0;
    for await (const chunk of response.body) {
      held += chunk.length;
      const refusal = tooLarge(held, limits);
      if (refusal) return { refusal };
      chunks.push(chunk);
    }
    return { bytes: Buffer.concat(chunks) };
  } catch (error) {
    if (error instanceof TypeError || error instanceof DOMException)
      return unreachable(`it could not be fetched (${error.message})`);
    throw error;
  }
}

function line(answer: Screened): string {
  if (answer.status !== "answered")
    return `${answer.status.padEnd(10)}  ${plain(answer.file)}  ${answer.reason.code}: ${answer.reason.sentence}`;
  const { containsNudity, confidence, moderator, labels } = answer;
  const words = labels.map(({ name, confidence: sure }) => `${name} ${Math.round(sure)} %`).join(", ");
  return `${containsNudity ? "nudity" : "no nudity"}  ${confidence.toFixed(1).padStart(5)} %  ${plain(answer.file)}  ${moderator}${words && ` (${words})`}`;
}
