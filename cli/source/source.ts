import { Command } from "commander";
import { readStackConfig } from "../../local/stack-config.ts";
import type { Finish } from "../output.ts";
import { checkCommand } from "./check.ts";
import type { StackReader } from "./configured.ts";
import { connectCommand } from "./connect.ts";
import { type Endpoints, endpoints } from "./oauth.ts";
import { type Asks, prompts } from "./prompts.ts";
import { statusCommand } from "./status.ts";

/** What tests put in place of the world. */
export interface SourceCommandDeps {
  readonly readConfig: StackReader;
  readonly endpoints: Endpoints;
  readonly asks: () => Asks;
  readonly fetch?: typeof fetch;
}

/** `darkroom source check`, `connect` and `status`. */
export function sourceCommand(
  finish: Finish,
  deps: SourceCommandDeps = { readConfig: readStackConfig, endpoints, asks: prompts },
): Command {
  return new Command("source")
    .description("The places pictures come from: checks one, connects it to an account, or tells how they stand.")
    .addCommand(checkCommand(finish, deps))
    .addCommand(connectCommand(finish, deps))
    .addCommand(statusCommand(finish));
}
