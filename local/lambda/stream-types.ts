import type { ChangeLog, StreamRecord } from "../aws/dynamodb/types.ts";
import type { FailureRecord } from "./failure-record.ts";
import type { FilterCriteria } from "./filter.ts";
import type { Role } from "./role.ts";
import type { Invoke } from "./types.ts";

/** Inputs of aws.lambda.EventSourceMapping for a DynamoDB stream, in Pulumi's names. */
export interface StreamMappingConfig {
  /** Names the mapping in messages and in the keys of dead letters. */
  readonly id: string;
  readonly functionArn: string;
  readonly eventSourceArn: string;
  /** @default true */
  readonly enabled?: boolean;
  /** @default 100 */
  readonly batchSize?: number;
  /** @default 0 */
  readonly maximumBatchingWindowInSeconds?: number;
  /** @default 1 */
  readonly parallelizationFactor?: number;
  readonly filterCriteria?: FilterCriteria;
  /** @default false */
  readonly bisectBatchOnFunctionError?: boolean;
  /** Tries after the first; -1, the default, for ever. */
  readonly maximumRetryAttempts?: number;
  /** Seconds; -1, the default, for ever. */
  readonly maximumRecordAgeInSeconds?: number;
  readonly functionResponseTypes?: readonly string[];
  readonly destinationConfig?: { readonly onFailure?: { readonly destinationArn?: string } };
  /** Where to begin the very first time. @default "TRIM_HORIZON" */
  readonly startingPosition?: string;
}

export interface StreamMappingDeps {
  readonly log: Pick<ChangeLog, "read" | "onAppend" | "latest">;
  readonly invoke: Invoke;
  /** Keeps what was given up. Called again until it succeeds: a refusal holds the lane up, and loses nothing. */
  readonly deadLetter: (destinationArn: string, record: FailureRecord, key: string) => Promise<void>;
  /** The function's role, checked as AWS checks it when a mapping is created. */
  readonly role: Role;
  /** File that keeps how far the lanes have come. */
  readonly checkpoint: string;
  /** Says what a person must know: records given up or dropped, a destination that refuses. */
  readonly warn: (message: string) => void;
  /** Milliseconds before the n-th try in a row, n from 1. @default doubling from 100 to 5000 */
  readonly backoff?: (failures: number) => number;
  /** Epoch milliseconds. @default Date.now */
  readonly now?: () => number;
}

export interface StreamMapping {
  readonly config: StreamMappingConfig;
  /** Settles once every record written so far is done with. @throws what stopped a lane, such as a full disk. */
  idle(): Promise<void>;
  /** Records that pass the filter and are not done with yet. */
  lag(): Promise<number>;
  /** Sequence number up to which every record is done with: the change log may forget those. */
  position(): string | undefined;
  /**
   * Takes no more, and settles when the batches under way have ended: close the function at the same time, so that
   * they do. What they did not finish runs again next time.
   */
  close(): Promise<void>;
}

export type Records = readonly StreamRecord[];
export const sequenceOf = (record: StreamRecord): string => record.dynamodb.SequenceNumber;
