import { setTimeout as sleep } from "node:timers/promises";
import { type Condition, toFailureRecord } from "./failure-record.ts";
import { type Records, type StreamMappingConfig, type StreamMappingDeps, sequenceOf } from "./stream-types.ts";
import type { Failed, Outcome } from "./types.ts";

interface DeliveryDeps extends Pick<StreamMappingDeps, "invoke" | "deadLetter" | "warn"> {
  readonly lane: number;
  readonly backoff: (failures: number) => number;
  readonly now: () => number;
  /** Records up to this one are done with. */
  readonly settle: (sequence: string) => Promise<void>;
  readonly signal: AbortSignal;
}

/**
 * Brings a batch to its end: every record of it succeeded, in order, or was given up into the
 * on-failure destination. Rejects when the host stops first.
 */
export function createDelivery(config: StreamMappingConfig, deps: DeliveryDeps) {
  const { lane, invoke, deadLetter, warn, backoff, now, settle, signal } = deps;
  const mostTries = limitOf(config.maximumRetryAttempts) + 1;
  const mostAge = limitOf(config.maximumRecordAgeInSeconds);
  const destination = config.destinationConfig?.onFailure?.destinationArn;
  const partial = config.functionResponseTypes?.includes("ReportBatchItemFailures") ?? false;
  const startedAt = now();
  let failuresInARow = 0;

  async function deliver(batch: Records): Promise<void> {
    let rest = batch;
    let failure: Failed | undefined;
    for (let tries = 0; rest.length > 0; ) {
      const young = rest.filter((record) => ageOf(record) <= mostAge);
      if (young.length < rest.length) {
        await giveUp(rest.slice(0, rest.length - young.length), "RecordAgeExceeded", tries, failure);
        rest = young;
        continue;
      }
      if (failuresInARow > 0) await sleep(backoff(failuresInARow), undefined, { signal });
      signal.throwIfAborted();
      const outcome = await invoke({ Records: rest });
      tries += 1;
      failure = outcome.ok ? undefined : outcome;
      const done = countDone(outcome, rest, partial);
      failuresInARow = done === rest.length ? 0 : failuresInARow + 1;
      if (done > 0) {
        await settle(sequenceOf(rest[done - 1]!));
        // What is left is another batch, with tries of its own.
        rest = rest.slice(done);
        tries = 0;
      } else if (config.bisectBatchOnFunctionError && rest.length > 1) {
        // Splitting takes nothing from the tries, and ends with the bad record alone.
        const half = Math.ceil(rest.length / 2);
        await deliver(rest.slice(0, half));
        return deliver(rest.slice(half));
      } else if (tries >= mostTries) {
        await giveUp(rest, "RetryAttemptsExhausted", tries, failure);
        return;
      }
    }
  }

  /** Seconds. The time before the host was started is not the record's fault, so it does not count. */
  const ageOf = ({ dynamodb }: Records[number]) =>
    (now() - Math.max(dynamodb.ApproximateCreationDateTime * 1000, startedAt)) / 1000;

  async function giveUp(records: Records, condition: Condition, tries: number, failure: Failed | undefined) {
    const what = `${config.id}: ${records.length} record(s) from ${sequenceOf(records[0]!)} ${condition} after ${tries} tries (${failure ? `${failure.errorType}: ${failure.errorMessage}` : "reported as failed"})`;
    if (destination === undefined) warn(`${what}; no on-failure destination, so they are dropped`);
    else {
      const { key, record } = toFailureRecord(config, { records, condition, tries, failure, lane, now: now() });
      for (let refused = 1; ; refused += 1) {
        const refusal = await deadLetter(destination, record, key).then(
          () => undefined,
          (error: Error) => error,
        );
        if (refusal === undefined) break;
        if (refused === 1)
          warn(`${what}; ${destination} does not take them: ${refusal.message}. Trying until it does.`);
        await sleep(backoff(refused), undefined, { signal });
      }
      warn(`${what}; kept in ${destination} as ${key}`);
    }
    await settle(sequenceOf(records.at(-1)!));
    failuresInARow = 0;
  }

  return deliver;
}

/** -1 and nothing at all both mean for ever. */
const limitOf = (limit = -1) => (limit < 0 ? Number.POSITIVE_INFINITY : limit);

/** How many records, from the first, are done with by this outcome. */
function countDone(outcome: Outcome, records: Records, partial: boolean): number {
  if (!outcome.ok) return 0;
  const failures = partial ? (outcome.result as BatchResponse)?.batchItemFailures : undefined;
  if (!failures || failures.length === 0) return records.length;
  // A name that is no record's makes the whole batch fail, as on AWS.
  return Math.max(
    0,
    Math.min(
      ...failures.map(({ itemIdentifier }) => records.findIndex((record) => sequenceOf(record) === itemIdentifier)),
    ),
  );
}

type BatchResponse = { readonly batchItemFailures?: readonly { readonly itemIdentifier?: string }[] } | null;
