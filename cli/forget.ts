import { Command } from "commander";
import type { Reason, Status } from "../handlers/record.ts";
import { type ApiClient, apiClient, laptop } from "./api-client.ts";
import { type Followed, follow } from "./follow.ts";
import { wholeNumber } from "./options.ts";
import { CliError, exitCodes, type Finish, printJson, printLine, progressLine } from "./output.ts";
import { prompts } from "./source/prompts.ts";

interface Flags {
  readonly yes?: true;
  readonly wait?: true;
  readonly timeout: number;
  readonly at: string;
  readonly json?: true;
}

interface Forgetting extends Followed {
  readonly pictureId: string;
}

export const forgetCommand = (finish: Finish) =>
  new Command("forget")
    .description(
      "Deletes pictures everywhere and for good: renditions, original, archived copy. Their records keep that they were there, and nothing of what they were.",
    )
    .argument("<picture...>", "their ids")
    .option("--yes", "without asking")
    .option("--wait", "until nothing of them is left")
    .option("--timeout <seconds>", "with --wait: longest time in which nothing moves", wholeNumber, 300)
    .option("--at <url>", "a stack's apiUrl, or a laptop's /operator", laptop)
    .option("--json", "{pictures: [{pictureId, status, reason}]}; status is also failed")
    .action(async (ids: string[], { yes, wait, timeout, at, json }: Flags) => {
      const api = apiClient(at);
      const unique = [...new Set(ids)];
      if (!yes) await confirm(unique.length);
      await api.greet();
      const pictures: Forgetting[] = [];
      for (const pictureId of unique)
        pictures.push({ pictureId, ms: 0, startedAt: performance.now(), ...(await begin(api, pictureId)) });
      const progress = progressLine();
      const begun = pictures.filter(({ status }) => status === "forgetting");
      const say = () =>
        progress.show(`${begun.filter(({ status }) => status === done).length}/${begun.length} forgotten`);
      if (wait) await follow(begun, { api, timeout, until: new Set([done]), say });
      progress.clear();

      if (json)
        printJson({ pictures: pictures.map(({ pictureId, status, reason }) => ({ pictureId, status, reason })) });
      else
        for (const { pictureId, status, reason } of pictures)
          printLine(`${status.padEnd(10)}  ${pictureId}${reason ? `  ${reason.code}: ${reason.sentence}` : ""}`);
      const isWell = ({ status }: Forgetting) => status === done || (!wait && status === "forgetting");
      finish(pictures.every(isWell) ? exitCodes.ok : exitCodes.refused);
    });

const done: Status = "forgotten";

/** @throws CliError where nobody can be asked, or they say no */
async function confirm(count: number): Promise<void> {
  if (!process.stdin.isTTY)
    throw new CliError(
      "NOT_CONFIRMED",
      "Expected --yes where nobody can be asked: what is forgotten cannot be had back.",
    );
  const asks = prompts();
  try {
    const answer = await asks.ask(
      `Forget ${count === 1 ? "this picture" : `these ${count} pictures`} for good? (yes) `,
    );
    if (answer !== "yes") throw new CliError("NOT_CONFIRMED", "Nothing was forgotten: the answer was not yes.");
  } finally {
    asks.close();
  }
}

async function begin(api: ApiClient, pictureId: string): Promise<{ status: "forgetting" | "failed"; reason?: Reason }> {
  try {
    await api.forget(pictureId);
    return { status: "forgetting" };
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return { status: "failed", reason: { code: error.code, sentence: error.message } };
  }
}
