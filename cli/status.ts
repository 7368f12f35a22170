import { Command } from "commander";
import type { Status } from "../handlers/record.ts";
import { apiClient, laptop } from "./api-client.ts";
import { printCosts } from "./costs.ts";
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
    .description("How many pictures of the last 31 days stand at each step, and what was spent this month.")
    .option("--at <url>", "a stack's apiUrl, or a laptop's /operator", laptop)
    .option("--json", "{counts: {status: number}, costs: [{provider, month, calls, dollars, budget, stopped}]}")
    .action(async ({ at, json }: { at: string; json?: true }) => {
      const { counts: standing, costs } = await apiClient(at).status();
      const counts = { ...none, ...standing };
      if (json) return printJson({ counts, costs });
      for (const [status, count] of Object.entries(counts))
        printLine(`${status.padEnd(12)}${String(count).padStart(7)}`);
      printCosts(costs);
    });
