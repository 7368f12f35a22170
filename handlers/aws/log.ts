import { Logger } from "@aws-lambda-powertools/logger";
import type { Context } from "aws-lambda";
import type { Log } from "../ports.ts";
import type { Place } from "../record.ts";
import { discreet } from "./discreet.ts";

/** Of whom all of a process's lines are. */
export interface Speaker {
  /** As outcomes are counted by. */
  readonly actor: string;
  /** The one source that it looks after, where there is one. */
  readonly source?: string;
}

/** One JSON object a line, past the console: Lambda would wrap those of the console. */
const logger = new Logger({
  serviceName: "darkroom",
  jsonReplacerFn: (_, value) => (typeof value === "string" ? discreet(value) : value),
});

/** Said on every line from now on. */
export const speakAs = (place: Place, speaker: Speaker): void => logger.appendPersistentKeys({ ...place, ...speaker });

/** An outcome: its name is the line's `message`. */
export const log: Log = (outcome, details) => logger.info(outcome, details);

/** What nobody foresaw: said once, by whoever does not let it through. */
export const fault = (error: unknown, about: Readonly<Record<string, unknown>> = {}): void =>
  logger.error("failed", { ...about, error: error instanceof Error ? error : new Error(String(error)) });

/** What every line carries, for those that are not written here. */
export const carried = (): Readonly<Record<string, unknown>> => logger.getPersistentLogAttributes();

/** Has every line carry the request that it belongs to. An environment of Lambda works on one at a time. */
export const invokedBy = ({ awsRequestId }: Pick<Context, "awsRequestId">): void =>
  logger.appendPersistentKeys({ requestId: awsRequestId });

/** A handler that is told by its request's id, and whose failure leaves a line like all others, and no address anywhere. */
export const spoken =
  <E, R>(handler: (event: E, context: Context) => R) =>
  async (event: E, context: Context): Promise<Awaited<R>> => {
    invokedBy(context);
    try {
      return await handler(event, context);
    } catch (error) {
      fault(error);
      throw discreetly(error);
    }
  };

/** Lambda writes a line of its own about what a call failed with, and keeps it in the dead letters: all of it that it can list. */
function discreetly(error: unknown): Error {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  const shown = Object.assign(new Error(discreet(message)), { stack: stack && discreet(stack) });
  // Not to be listed, as an error's own name is not.
  Object.defineProperty(shown, "name", { value: name });
  return shown;
}
