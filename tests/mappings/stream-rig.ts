import path from "node:path";
import type { StreamRecord } from "../../local/aws/dynamodb/types.ts";
import type { FailureRecord } from "../../local/lambda/failure-record.ts";
import { createStreamMapping } from "../../local/lambda/stream-mapping.ts";
import type { StreamMappingConfig, StreamMappingDeps } from "../../local/lambda/stream-types.ts";
import type { Invoke } from "../../local/lambda/types.ts";
import { testFolder } from "../fixtures/test-folder.ts";
import { ok, roleWithout } from "./rig.ts";

export const functionArn = "arn:aws:lambda:eu-west-1:000000000000:function:resize";
export const streamArn = "arn:aws:dynamodb:eu-west-1:000000000000:table/pictures/stream/2026-11-23T00:00:00.000";
export const bucket = "arn:aws:s3:::failures";

export interface Dead {
  readonly destination: string;
  readonly record: FailureRecord;
  readonly key: string;
}

/** Mappings of a stream that keep their place in a folder of each test, and what they gave up and said. */
export function streamMappings() {
  const folder = testFolder("mappings");
  const checkpoint = () => path.join(folder.path, "resize.json");

  async function map(
    log: StreamMappingDeps["log"],
    invoke: Invoke,
    config: Partial<StreamMappingConfig> = {},
    deps: Partial<StreamMappingDeps> = {},
  ) {
    const dead: Dead[] = [];
    const warnings: string[] = [];
    const mapping = await createStreamMapping(
      {
        id: "resize-on-accepted",
        functionArn,
        eventSourceArn: streamArn,
        batchSize: 10,
        bisectBatchOnFunctionError: true,
        maximumRetryAttempts: 2,
        functionResponseTypes: ["ReportBatchItemFailures"],
        destinationConfig: { onFailure: { destinationArn: bucket } },
        ...config,
      },
      {
        log,
        invoke,
        role: roleWithout(),
        checkpoint: checkpoint(),
        deadLetter: async (destination, record, key) => void dead.push({ destination, record, key }),
        warn: (message) => warnings.push(message),
        backoff: () => 1,
        ...deps,
      },
    );
    folder.closeAfterwards(mapping.close);
    return { mapping, dead, warnings };
  }
  return { map, checkpoint, abandon: folder.abandon };
}

/** A stream in memory: `write` appends changes of items, each named by its id. */
export function stream(now: () => number = Date.now) {
  const records: StreamRecord[] = [];
  const listeners = new Set<() => void>();
  return {
    get latest() {
      return records.at(-1)?.dynamodb.SequenceNumber;
    },
    records,
    read: async (after: string | undefined, limit: number) =>
      records.filter(({ dynamodb }) => after === undefined || dynamodb.SequenceNumber > after).slice(0, limit),
    onAppend(listener: () => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    write(...ids: string[]) {
      for (const id of ids)
        records.push({
          eventID: String(records.length),
          eventName: "INSERT",
          eventVersion: "1.1",
          eventSource: "aws:dynamodb",
          awsRegion: "eu-west-1",
          dynamodb: {
            ApproximateCreationDateTime: Math.floor(now() / 1000),
            Keys: { id: { S: id } },
            NewImage: { id: { S: id }, ...(id.startsWith("poison") && { poison: { BOOL: true } }) },
            SequenceNumber: `1${String(records.length + 1).padStart(20, "0")}`,
            SizeBytes: 10,
            StreamViewType: "NEW_AND_OLD_IMAGES",
          },
          eventSourceARN: streamArn,
        });
      for (const listener of listeners) listener();
    },
  };
}

export const recordsOf = (event: unknown) => (event as { Records: StreamRecord[] }).Records;
export const idsOf = (records: readonly StreamRecord[]) => records.map(({ dynamodb }) => dynamodb.Keys["id"]!.S!);
export const eventIds = (event: unknown) => idsOf(recordsOf(event));
export const deadIds = (dead: readonly Dead[]) => dead.flatMap(({ record }) => eventIds(JSON.parse(record.payload!)));

/** The answer of a function that failed at this record. */
export const reporting = ({ dynamodb }: StreamRecord) =>
  ok({ batchItemFailures: [{ itemIdentifier: dynamodb.SequenceNumber }] });

/** A function that takes everything, and the ids of each batch that it was given. */
export function taking() {
  const batches: string[][] = [];
  const invoke: Invoke = async (event) => {
    batches.push(eventIds(event));
    return ok();
  };
  return { batches, invoke };
}
