import { Command } from "commander";
import type { Status } from "../handlers/record.ts";
import { apiClient, laptop } from "./api-client.ts";
import { type Finish, printJson, printLine } from "./output.ts";

const none: Readonly<Record<Status, number>> = {
  received: 0,
  accepted: 0,
  resized: 0,
  compressed: 0,
  published: 0,
  review: 0,
  rejected: 0,
  duplicate: 0,
  forgetting: 0,
  forgotten: 0,
};

export const statusCommand = (_finish: Finish) =>
  new Command("status")
    .description("How many pictures of the last 31 days stand at each step.")
    .option("--at <url>", "a stack's apiUrl, or a laptop's /operator", laptop)
    .option("--json", "{counts: {status: number}}")
    .action(async ({ at, json }: { at: string; json?: true }) => {
      const counts = { ...none, ...(await apiClient(at).status()) };
      if (json) printJson({ counts });
      else
        for (const [status, count] of Object.entries(counts))
          printLine(`${status.padEnd(12)}${String(count).padStart(7)}`);
    });
