import { Command, Option } from "commander";
import { type ApiClient, apiClient, laptop } from "./api-client.ts";
import type { Redriven } from "./api-shapes.ts";
import { type Finish, printJson, printLine, progressLine } from "./output.ts";

interface Flags {
  readonly actor?: string;
  readonly reason?: string;
  readonly picture?: string;
  readonly yes?: true;
  readonly at: string;
  readonly json?: true;
}

export const redriveCommand = (_finish: Finish) =>
  new Command("redrive")
    .description(
      "Puts back on its way what was given up: dead letters, and pictures that stand still. Without --yes it only says what it would do.",
    )
    .option("--actor <name>", "what this actor gave up, such as resize")
    .addOption(
      new Option("--reason <code>", "pictures refused as TOO_EXPENSIVE are tried again only where it is named").choices(
        ["RETRIES_SPENT", "TOO_OLD", "STOOD_STILL", "TOO_EXPENSIVE"],
      ),
    )
    .option("--picture <id>", "this picture alone")
    .addOption(new Option("--dry-run", "say what would be done: the default").conflicts("yes"))
    .option("--yes", "do it")
    .option("--at <url>", "a stack's apiUrl, or a laptop's /operator", laptop)
    .option(
      "--json",
      "{done, found: [{actor, reason, pictureId, outcome}]}; outcome is woken, queued, moved-on, dropped",
    )
    .action(async ({ actor, reason, picture, yes, at, json }: Flags) => {
      const really = yes === true;
      const found = await allOf(apiClient(at), { actor, reason, pictureId: picture, really });
      if (json) printJson({ done: really, found });
      else if (found.length === 0) printLine(actor || reason || picture ? noneOfThese : nothing);
      else for (const line of linesOf(found, really)) printLine(line);
    });

async function allOf(api: ApiClient, wanted: Parameters<ApiClient["redrive"]>[0]): Promise<readonly Redriven[]> {
  const found: Redriven[] = [];
  const progress = progressLine();
  let next: string | undefined;
  do {
    const part = await api.redrive({ ...wanted, next });
    found.push(...part.found);
    next = part.next;
    progress.show(`${found.length} found`);
  } while (next !== undefined);
  progress.clear();
  return once(found);
}

/** A dry run finds a picture that stands still beside its letter, of the same actor. */
const once = (found: readonly Redriven[]) =>
  found.filter(
    ({ actor, pictureId, outcome }, index) =>
      pictureId === undefined ||
      outcome !== "woken" ||
      !found
        .slice(0, index)
        .some((other) => other.actor === actor && other.pictureId === pictureId && other.outcome === "woken"),
  );

const nothing = "Nothing was given up, and nothing stands still.";
const noneOfThese = "Nothing fits what was asked for. `darkroom status` says what was given up, and by whom.";

function* linesOf(found: readonly Redriven[], really: boolean): Generator<string> {
  for (const { outcome, actor, reason, pictureId = "" } of found)
    yield `${outcome.padEnd(9)}  ${actor.padEnd(10)}  ${reason.padEnd(13)}  ${pictureId}`.trimEnd();
  const again = found.filter(({ outcome }) => outcome === "woken" || outcome === "queued").length;
  const rest = found.length - again;
  const also = rest > 0 ? `; ${rest} of the letters ${really ? "were" : "are"} of no more use` : "";
  if (really) yield `Put back on their way: ${again}${also}.`;
  else yield `To be put back on their way: ${again}${also}. Nothing was done; --yes does it.`;
}
