import { Command, Option } from "commander";
import type { PictureIn } from "../handlers/record.ts";
import { apiClient, laptop } from "./api-client.ts";
import type { Reviews } from "./api-shapes.ts";
import { CliError, type Finish, printJson, printLine } from "./output.ts";

interface Flags {
  readonly verdict?: "accept" | "reject";
  readonly reason: string;
  readonly at: string;
  readonly json?: true;
}

export const reviewCommand = (_finish: Finish) =>
  new Command("review")
    .description(
      "Decides about a picture that waits for a person; without one, lists those that wait and what was decided lately.",
    )
    .argument("[picture]", "its id")
    .addOption(new Option("--verdict <verdict>", "what becomes of it").choices(["accept", "reject"]))
    .option("--reason <sentence>", "why, for the record; a rejection needs one", "")
    .option("--at <url>", "a stack's apiUrl, or a laptop's /operator", laptop)
    .option("--json", "the picture's record; without a picture {pictures, decisions}")
    .action(async (picture: string | undefined, { verdict, reason, at, json }: Flags) => {
      if ((picture === undefined) !== (verdict === undefined))
        throw new CliError(
          "USAGE",
          `Expected a picture with --verdict accept or reject, or neither; received ${picture ?? `--verdict ${verdict}`} alone.`,
        );
      const api = apiClient(at);
      if (picture === undefined || verdict === undefined) {
        const reviews = await api.reviews();
        if (json) printJson(reviews);
        else for (const line of linesOf(reviews)) printLine(line);
        return;
      }
      const record = await api.review(picture, verdict, reason);
      if (json) printJson(record);
      else printLine(`${record.status}  ${record.name}`);
    });

function* linesOf({ pictures, decisions }: Reviews): Generator<string> {
  if (pictures.length === 0) yield "No picture waits for a person.";
  for (const picture of pictures)
    if (picture.status === "review")
      yield `waits   ${picture.pictureId}  ${sureness(picture)}  ${picture.name}  ${picture.reason.sentence}`;
  for (const { verdict, pictureId, at, by, name = "", reason } of decisions)
    yield `${verdict.padEnd(6)}  ${pictureId}  ${at}  ${by}  ${name}  ${reason}`;
}

/** Nothing where no moderator was asked. */
const sureness = ({ containsNudityConfidence: sure }: PictureIn<"review">) =>
  sure === undefined ? "–" : `${Math.round(sure)} %`;
