import { randomUUID } from "node:crypto";
import type { StreamRecord } from "../aws/dynamodb/types.ts";
import { type Records, type StreamMappingConfig, sequenceOf } from "./stream-types.ts";
import type { Failed } from "./types.ts";

export type Condition = "RetryAttemptsExhausted" | "RecordAgeExceeded";

/** What Lambda leaves at the on-failure destination of a stream mapping. */
export interface FailureRecord {
  readonly requestContext: {
    readonly requestId: string;
    readonly functionArn: string;
    readonly condition: Condition;
    readonly approximateInvokeCount: number;
  };
  /** Absent where the records were never tried. */
  readonly responseContext?: {
    readonly statusCode: number;
    readonly executedVersion: string;
    readonly functionError?: string;
  };
  readonly version: "1.0";
  /** ISO 8601. */
  readonly timestamp: string;
  readonly DDBStreamBatchInfo: {
    readonly shardId: string;
    readonly startSequenceNumber: string;
    readonly endSequenceNumber: string;
    readonly approximateArrivalOfFirstRecord: string;
    readonly approximateArrivalOfLastRecord: string;
    readonly batchSize: number;
    readonly streamArn: string;
  };
  /** The event `{ Records }` as JSON text. Only a bucket gets it, as on AWS. */
  readonly payload?: string;
}

export interface GivenUp {
  readonly records: Records;
  readonly condition: Condition;
  readonly tries: number;
  /** How the last try failed; undefined when none failed outright. */
  readonly failure: Failed | undefined;
  readonly lane: number;
  readonly now: number;
}

/** The failure record and the key under which Lambda puts it into a bucket. */
export function toFailureRecord(
  { id, functionArn, eventSourceArn, destinationConfig }: StreamMappingConfig,
  { records, condition, tries, failure, lane, now }: GivenUp,
): { readonly key: string; readonly record: FailureRecord } {
  const [first, last] = [records[0]!, records.at(-1)!];
  const shardId = `shardId-${String(lane).padStart(20, "0")}-${"0".repeat(8)}`;
  const timestamp = new Date(now).toISOString();
  const toBucket = destinationConfig?.onFailure?.destinationArn?.startsWith("arn:aws:s3:");
  return {
    key: `aws/lambda/${id}/${shardId}/${timestamp.slice(0, 19).replaceAll(":", ".")}-${randomUUID()}`,
    record: {
      requestContext: {
        requestId: failure?.requestId ?? randomUUID(),
        functionArn,
        condition,
        approximateInvokeCount: tries,
      },
      ...(tries > 0 && {
        responseContext: {
          statusCode: 200,
          executedVersion: "$LATEST",
          ...(failure && { functionError: "Unhandled" }),
        },
      }),
      version: "1.0",
      timestamp,
      DDBStreamBatchInfo: {
        shardId,
        startSequenceNumber: sequenceOf(first),
        endSequenceNumber: sequenceOf(last),
        approximateArrivalOfFirstRecord: arrivalOf(first),
        approximateArrivalOfLastRecord: arrivalOf(last),
        batchSize: records.length,
        streamArn: eventSourceArn,
      },
      ...(toBucket && { payload: JSON.stringify({ Records: records }) }),
    },
  };
}

const arrivalOf = ({ dynamodb }: StreamRecord) =>
  new Date(dynamodb.ApproximateCreationDateTime * 1000).toISOString().replace(".000Z", "Z");
