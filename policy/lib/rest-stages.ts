import { peek, type Seen } from "./seen.ts";
import type { Stack } from "./stack.ts";

/** The method settings of a stage of a REST API. */
export const settingsOf = (stack: Stack, stage: Seen): Seen["props"][] =>
  stack
    .of("aws:apigateway/methodSettings:MethodSettings")
    .filter(({ props }) =>
      ["restApi", "stageName"].every((property) => peek(() => props[property]) === peek(() => stage.props[property])),
    )
    .map(({ props }) => props["settings"]);
