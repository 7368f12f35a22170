import { Command } from "commander";
import type { Status } from "../handlers/record.ts";
import { apiClient, laptop } from "./api-client.ts";
import type { StatusReport } from "./api-shapes.ts";
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
    .description(
      "How many pictures of the last 31 days stand at each step, which of them stand still, what was given up, and what was spent this month.",
    )
    .option("--at <url>", "a stack's apiUrl, or a laptop's /operator", laptop)
    .option(
      "--json",
      "{counts: {status: number}, stuck: {count, pictures: [{pictureId, name, status, actor, since, woken}]}, deadLetters: {groups: [{actor, reason, count}], more}, costs: [{provider, month, calls, dollars, budget, stopped}]}",
    )
    .action(async ({ at, json }: { at: string; json?: true }) => {
      const { counts, ...rest } = await apiClient(at).status();
      const report = { counts: { ...none, ...counts }, ...rest };
      if (json) printJson(report);
      else {
        for (const line of linesOf(report)) printLine(line);
        printCosts(report.costs);
      }
    });

function* linesOf({ counts, stuck, deadLetters: { groups, more } }: StatusReport): Generator<string> {
  for (const [status, count] of Object.entries(counts)) yield `${status.padEnd(12)}${String(count).padStart(7)}`;
  if (stuck.count > 0) yield `${stuck.count} stand still:`;
  for (const { pictureId, name, actor, since, woken } of stuck.pictures)
    yield `  ${pictureId}  waits for ${actor} since ${since}, woken ${woken} times  ${name}`;
  if (stuck.count > stuck.pictures.length) yield `  and ${stuck.count - stuck.pictures.length} more`;
  if (groups.length > 0) yield "Given up:";
  for (const { actor, reason, count } of groups) yield `  ${actor.padEnd(10)}  ${reason.padEnd(13)}  ${count}`;
  if (more) yield "  and more, which were not counted";
  if (stuck.count > 0 || groups.length > 0) yield "`darkroom redrive` says what can be done about it.";
}
