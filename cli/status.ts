import { Command } from "commander";
import type { Status } from "../handlers/record.ts";
import { apiClient } from "./api-client.ts";
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
};

export const statusCommand = (_finish: Finish) =>
  new Command("status")
    .description("How many pictures of the last 31 days stand at each step.")
    .option("--at <url>", "address of a Darkroom", "http://127.0.0.1:4000")
    .option("--json", "{counts: {status: number}}")
    .action(async ({ at, json }: { at: string; json?: true }) => {
      const counts = { ...none, ...(await apiClient(at).status()) };
      if (json) printJson({ counts });
      else
        for (const [status, count] of Object.entries(counts))
          printLine(`${status.padEnd(12)}${String(count).padStart(7)}`);
    });
