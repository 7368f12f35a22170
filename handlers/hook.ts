import { SourceError, type WebhookAnswer, type WebhookRequest } from "../providers/sources/types.ts";
import type { Use } from "./opened.ts";
import type { Log } from "./ports.ts";

export interface HookDeps {
  readonly name: string;
  readonly use: Use;
  /** Queues a call for a look. */
  readonly call: () => Promise<void>;
  readonly log: Log;
}

/** A service's own calls are some hundred bytes. */
const mostBytes = 64 * 1024;

/**
 * Answers the calls of a source's service. A genuine one may only say "look now": that is queued,
 * and the service has its answer within the seconds that it waits. While the source cannot be opened
 * nobody can prove anything: the looks tell why, and a stranger's call must not ring an alarm.
 */
export const createHook =
  ({ name, use, call, log }: HookDeps) =>
  async (request: WebhookRequest): Promise<Omit<WebhookAnswer, "poll">> => {
    if (request.body.length > mostBytes) return { status: 413 };
    const said = { actor: "pull", source: name };
    let answered: WebhookAnswer | undefined;
    try {
      answered = await use(({ webhook }) => webhook?.answer(request));
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      log("unheard", { ...said, reason: error.code, sentence: error.message });
      return { status: 403 };
    }
    if (answered === undefined) return { status: 404 };
    const { poll, ...answer } = answered;
    if (poll) await call();
    log("called", { ...said, status: answer.status, poll });
    return answer;
  };
