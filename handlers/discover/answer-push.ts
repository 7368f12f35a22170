import { type AnswerCall, RepositoryError } from "../../providers/repositories/types.ts";
import type { Log } from "../ports.ts";

export interface PushDeps {
  readonly name: string;
  /** How calls are verified; undefined where nothing could prove one. @throws RepositoryError */
  readonly verify: () => Promise<AnswerCall | undefined>;
  /** Queues a call for a look. */
  readonly call: () => Promise<void>;
  readonly log: Log;
}

/** GitHub sends up to 25 MB, of which the door lets 10 through; a push of a thousand commits is far below. */
const mostBytes = 10_000_000;

/** Answers the service's calls at once; what a genuine one says is only "look now". */
export const createAnswerPush =
  ({ name, verify, call, log }: PushDeps) =>
  async (request: Parameters<AnswerCall>[0]): Promise<{ readonly status: number }> => {
    const said = { actor: "discover", source: name };
    if (request.body.length > mostBytes) return { status: 413 };
    let answer: AnswerCall | undefined;
    try {
      answer = await verify();
    } catch (error) {
      if (!(error instanceof RepositoryError)) throw error;
      // The looks tell what is wrong with the secret; a stranger's call must not ring an alarm.
      log("unheard", { ...said, reason: error.code, sentence: error.message });
      return { status: 403 };
    }
    if (answer === undefined) return { status: 404 };
    const { status, look } = answer(request);
    if (look) await call();
    log("called", { ...said, status, look });
    return { status };
  };
