import { Command, Option } from "commander";
import { apiClient } from "./api-client.ts";
import { type Finish, printJson, printLine } from "./output.ts";

export const reviewCommand = (_finish: Finish) =>
  new Command("review")
    .description("Decides about a picture that waits for a person.")
    .argument("<picture>", "its id")
    .addOption(
      new Option("--verdict <verdict>", "what becomes of it").choices(["accept", "reject"]).makeOptionMandatory(),
    )
    .option("--reason <sentence>", "why, for the record", "")
    .option("--at <url>", "address of a Darkroom", "http://127.0.0.1:4000")
    .option("--json", "the picture's record")
    .action(
      async (
        picture: string,
        { verdict, reason, at, json }: { verdict: "accept" | "reject"; reason: string; at: string; json?: true },
      ) => {
        const record = await apiClient(at).review(picture, verdict, reason);
        if (json) printJson(record);
        else printLine(`${record.status}  ${record.name}`);
      },
    );
