import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import { Logger } from "@aws-lambda-powertools/logger";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type { DynamoDBRecord, DynamoDBStreamHandler, SQSHandler, SQSRecord } from "aws-lambda";
import type { Status } from "../record.ts";
import { type Keeping, reminding } from "../reminder.ts";
import type { ChainDeps, StepDeps } from "../step.ts";
import { dynamoCatalog } from "./catalog.ts";
import { placeOf } from "./place.ts";
import { dynamoReminders, reminderSk } from "./reminders.ts";

const logger = new Logger();

/** What every actor's composition shares: its catalog, its place, its log and its way of being woken. */
export async function runtime(env: {
  readonly CATALOG_TABLE: string;
  readonly ENVIRONMENT: string;
}): Promise<StepDeps & { readonly documents: DynamoDBDocumentClient }> {
  const place = await placeOf(env.ENVIRONMENT);
  logger.appendPersistentKeys({ ...place });
  const documents = DynamoDBDocumentClient.from(new DynamoDBClient(), {
    marshallOptions: { removeUndefinedValues: true },
  });
  return {
    catalog: dynamoCatalog(documents, env.CATALOG_TABLE),
    documents,
    place,
    now: () => new Date(),
    log: (outcome, details) => logger.info(outcome, details),
  };
}

/** The same for an actor that may bring pictures to their end. */
export async function chainRuntime(
  env: Parameters<typeof runtime>[0] & { readonly KEEPING: Keeping },
): Promise<ChainDeps> {
  const shared = await runtime(env);
  return { ...shared, remind: reminding(dynamoReminders(shared.documents, env.CATALOG_TABLE), env.KEEPING) };
}

/**
 * Wakes a step for each changed record of a stream batch; the ones that fail are delivered again,
 * alone. The mapping's filter chooses the records: one that should not have come is an error.
 */
export const onPictureChange = (from: Status, step: (pictureId: string) => Promise<void>): DynamoDBStreamHandler => {
  const wake = async ({ dynamodb }: DynamoDBRecord) => {
    const { pictureId, status } = dynamodb?.NewImage ?? {};
    if (pictureId?.S === undefined || status?.S !== from)
      throw new Error(
        `EVENT_STRANGE: expected the record of a picture that is ${from}, received ${JSON.stringify({ keys: dynamodb?.Keys, status: status?.S })}. Mend the filter of this function's event source mapping.`,
      );
    await step(pictureId.S);
  };
  const processor = new BatchProcessor(EventType.DynamoDBStreams);
  return (event, context) =>
    processPartialResponse(event, logged(wake), processor, { context, throwOnFullBatchFailure: false });
};

/** Runs something for each reminder that has run out; its mapping's filter lets through no other removal. */
export const onReminder = (run: (pictureId: string) => Promise<void>): DynamoDBStreamHandler => {
  const wake = async ({ eventName, dynamodb }: DynamoDBRecord) => {
    const pictureId = dynamodb?.OldImage?.["pictureId"]?.S;
    if (eventName !== "REMOVE" || dynamodb?.Keys?.["sk"]?.S !== reminderSk || pictureId === undefined)
      throw new Error(
        `EVENT_STRANGE: expected a reminder that has run out, received ${JSON.stringify({ eventName, keys: dynamodb?.Keys })}. Mend the filter of this function's event source mapping.`,
      );
    await run(pictureId);
  };
  const processor = new BatchProcessor(EventType.DynamoDBStreams);
  return (event, context) =>
    processPartialResponse(event, logged(wake), processor, { context, throwOnFullBatchFailure: false });
};

/** A message's place in time, beside what it says. */
export interface Delivery {
  readonly sentAt: Date;
  /** Milliseconds until the function is ended. */
  readonly timeLeft: () => number;
}

/** Runs something for each message of a queue; the ones that fail come back, alone. */
export const onQueued = <T>(run: (body: T, delivery: Delivery) => Promise<void>): SQSHandler => {
  const processor = new BatchProcessor(EventType.SQS);
  return (event, context) => {
    const timeLeft = () => context.getRemainingTimeInMillis();
    const wake = logged(({ body, attributes }: SQSRecord) =>
      run(JSON.parse(body) as T, { sentAt: new Date(Number(attributes.SentTimestamp)), timeLeft }),
    );
    return processPartialResponse(event, wake, processor, { context, throwOnFullBatchFailure: false });
  };
};

/** What EventBridge says of an object, as far as it is used. */
interface ObjectCreated {
  readonly detail?: { readonly bucket?: { readonly name?: string }; readonly object?: { readonly key?: string } };
}

/** Wakes ingest for each object that EventBridge reports through the intake queue. */
export const onObjectCreated = (bucket: string, ingest: (key: string) => Promise<void>): SQSHandler =>
  onObject(bucket, ingest);

/** The same for each object of the archive that can be read again. */
export const onObjectRestored = (bucket: string, finish: (key: string) => Promise<void>): SQSHandler =>
  onObject(bucket, finish);

const onObject = (bucket: string, run: (key: string) => Promise<void>): SQSHandler =>
  onQueued<ObjectCreated>(async (event) => {
    const key = event.detail?.object?.key;
    if (event.detail?.bucket?.name !== bucket || key === undefined)
      throw new Error(
        `EVENT_STRANGE: expected an object in ${bucket}, received ${JSON.stringify(event).slice(0, 200)}. Check the rule's pattern.`,
      );
    await run(key);
  });

/** The batch processor keeps failures to itself: say each once, here at the edge. */
const logged =
  <T>(wake: (record: T) => Promise<void>) =>
  async (record: T) => {
    try {
      await wake(record);
    } catch (error) {
      logger.error("failed", { error: error as Error });
      throw error;
    }
  };
