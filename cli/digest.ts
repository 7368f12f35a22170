import { Command } from "commander";
import { apiClient, laptop } from "./api-client.ts";
import { type Finish, printJson, printLine } from "./output.ts";

export const digestCommand = (_finish: Finish) =>
  new Command("digest")
    .description("Mails the figures of the day before once more, to those whom the stack's settings name.")
    .option("--now", "the figures of today, as far as it went")
    .option("--at <url>", "a stack's apiUrl, or a laptop's /operator", laptop)
    .option("--json", "{day: last | today}")
    .action(async ({ now, at, json }: { now?: true; at: string; json?: true }) => {
      const day = now ? "today" : "last";
      await apiClient(at).digest(day);
      if (json) printJson({ day });
      else printLine(`${now ? "Today's" : "Yesterday's"} figures are being mailed.`);
    });
