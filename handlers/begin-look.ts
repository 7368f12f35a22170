import type { SourceLedger } from "./ports.ts";

export interface BeginDeps {
  readonly ledger: Pick<SourceLedger, "begin">;
  /** Queues a call for a look that comes after so many seconds. */
  readonly callAgain: (delaySeconds: number) => Promise<void>;
}

/** Between the beginnings of two looks that were called for: calls come by the thousand. */
const restMs = 15_000;

/**
 * For how long a call that was put off stands for all others. Shorter than it is put off, so that it
 * finds its own time over when it comes back, whatever the clocks say.
 */
const againMs = 10_000;

/** Says that a look begins, and until when it lasts at most. With `calledAt`, a look that began later has answered the call already. */
export async function beginLook(
  { ledger, callAgain }: BeginDeps,
  begun: Date,
  timeLeft: number,
  calledAt?: Date,
): ReturnType<SourceLedger["begin"]> {
  const call = calledAt && {
    sentAt: calledAt.toISOString(),
    rested: ago(begun, restMs),
    againUntil: ago(begun, -againMs),
  };
  const came = await ledger.begin(begun.toISOString(), ago(begun, -timeLeft), call);
  if (came === "soon") await callAgain(restMs / 1000);
  return came;
}

const ago = (time: Date, ms: number) => new Date(time.getTime() - ms).toISOString();
