import { Command } from "commander";
import { apiClient, laptop } from "./api-client.ts";
import type { Regions } from "./api-shapes.ts";
import { type Finish, printJson, printLine } from "./output.ts";

interface Flags {
  readonly region?: string;
  readonly back?: true;
  readonly at: string;
  readonly json?: true;
}

export const failoverCommand = (_finish: Finish) =>
  new Command("failover")
    .description(
      "Takes a Region out of service, so that the others take over what it has not finished, or brings it back. Without --region it only shows how the Regions do.",
    )
    .option("--region <name>", "the Region to take out, such as eu-central-1; ask by the apiUrl of another one")
    .option("--back", "bring it back: refused until it has heard that it was out")
    .option("--at <url>", "a stack's apiUrl, or a laptop's /operator", laptop)
    .option("--json", "{here, regions: [{region, out, since, by, answers, agrees, unfinished}]}")
    .action(async ({ region, back, at, json }: Flags, command: Command) => {
      if (back && region === undefined) command.error("--back needs --region");
      const api = apiClient(at);
      if (region !== undefined) await api.sayOfRegion(region, !back);
      const regions = await api.regions();
      if (json) printJson(regions);
      else for (const line of linesOf(regions)) printLine(line);
    });

function* linesOf({ here, regions }: Regions): Generator<string> {
  for (const { region, out, since, answers, agrees, unfinished } of regions) {
    const heard = answers ? (agrees ? "" : ", has not heard of it yet") : ", does not answer";
    const standing = out ? `out since ${since}` : since === undefined ? "in service" : `in service since ${since}`;
    yield `${region.padEnd(16)}${standing}${heard}, ${unfinished} unfinished${region === here ? " (asked)" : ""}`;
  }
  const out = regions.filter((each) => each.out).map(({ region }) => region);
  if (out.length > 0)
    yield `What ${out.join(" and ")} had not finished is taken over within half an hour. \`darkroom failover\` shows what is left.`;
}
