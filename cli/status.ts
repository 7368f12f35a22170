import { Command } from "commander";
import type { Status } from "../handlers/record.ts";
import { apiClient } from "./api-client.ts";
import { type Finish, printJson } from "./output.ts";

const order: readonly Status[] = [
  "received",
  "accepted",
  "resized",
  "compressed",
  "published",
  "review",
  "rejected",
  "duplicate",
];

export const statusCommand = (_finish: Finish) =>
  new Command("status")
    .description("How many pictures of the last 31 days stand at each step.")
    .option("--at <url>", "address of a Darkroom", "http://127.0.0.1:4000")
    .option("--json", "{counts: {status: number}}")
    .action(async ({ at, json }: { at: string; json?: true }) => {
      const counts = await apiClient(at).status();
      if (json) printJson({ counts });
      else for (const status of order) console.log(`${status.padEnd(12)}${String(counts[status] ?? 0).padStart(7)}`);
    });
