import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import type {
  DynamoDBBatchResponse,
  DynamoDBRecord,
  DynamoDBStreamEvent,
  DynamoDBStreamHandler,
  Handler,
  SQSEvent,
  SQSHandler,
  SQSRecord,
} from "aws-lambda";
import type { Status } from "../record.ts";
import { type Keeping, reminding } from "../reminder.ts";
import type { ChainDeps, StepDeps } from "../step.ts";
import { subjectOf } from "../subject.ts";
import { dynamoCatalog } from "./catalog.ts";
import { documentsOf } from "./documents.ts";
import { fenceOf } from "./fence.ts";
import { fault, invokedBy, log, type Speaker, speakAs } from "./log.ts";
import type { ObjectCreated } from "./object-created.ts";
import { placeOf } from "./place.ts";
import { dynamoReminders, reminderSk } from "./reminders.ts";

/** What every actor's composition shares: its catalog, its place, its log and its way of being woken. */
export async function runtime(
  env: { readonly CATALOG_TABLE: string; readonly ENVIRONMENT: string },
  speaker: Speaker,
): Promise<StepDeps & { readonly documents: DynamoDBDocumentClient }> {
  const place = await placeOf(env.ENVIRONMENT);
  speakAs(place, speaker);
  const documents = documentsOf();
  return {
    catalog: dynamoCatalog(documents, env.CATALOG_TABLE),
    documents,
    place,
    now: () => new Date(),
    log,
  };
}

/** The same for an actor that may bring pictures to their end. */
export async function chainRuntime(
  env: Parameters<typeof runtime>[0] & { readonly KEEPING: Keeping; readonly REGIONS: readonly string[] },
  speaker: Speaker,
): Promise<ChainDeps & { readonly documents: DynamoDBDocumentClient }> {
  const shared = await runtime(env, speaker);
  return {
    ...shared,
    remind: reminding(dynamoReminders(shared.documents, env.CATALOG_TABLE), env.KEEPING),
    fence: fenceOf(env, shared),
  };
}

/** A change as the table's stream tells it, or as a queue brings it that it was announced to. */
export type ChangeEvent = DynamoDBStreamEvent | SQSEvent;
type Change = Pick<DynamoDBRecord, "dynamodb">;

/**
 * Wakes a step for each changed record of a batch, whichever way it comes; the ones that fail are
 * delivered again, alone. The mapping's filter chooses the records: one that should not have come is
 * an error.
 */
export const onPictureChange = (
  from: Status,
  step: (pictureId: string) => Promise<void>,
): Handler<ChangeEvent, DynamoDBBatchResponse> => {
  const wake = async ({ dynamodb }: Change, about: About) => {
    const { pictureId, status } = dynamodb?.NewImage ?? {};
    about["pictureId"] = pictureId?.S;
    if (pictureId?.S === undefined || status?.S !== from)
      throw new Error(
        `EVENT_STRANGE: expected the record of a picture that is ${from}, received ${JSON.stringify({ keys: dynamodb?.Keys, status: status?.S })}. Mend the filter of this function's event source mapping.`,
      );
    await step(pictureId.S);
  };
  const streamed = new BatchProcessor(EventType.DynamoDBStreams);
  const queued = new BatchProcessor(EventType.SQS);
  const told = logged(wake);
  const heard = logged(({ body }: SQSRecord, about) => wake(JSON.parse(body) as Change, about));
  return async (event, context) => {
    invokedBy(context);
    const options = { context, throwOnFullBatchFailure: false };
    return isQueued(event)
      ? processPartialResponse(event, heard, queued, options)
      : processPartialResponse(event, told, streamed, options);
  };
};

/** Whether a queue brings it, and not a stream. */
export const isQueued = (event: ChangeEvent): event is SQSEvent =>
  event.Records.some((record) => "messageId" in record);

/** Runs something for each reminder that has run out; its mapping's filter lets through no other removal. */
export const onReminder = (run: (pictureId: string) => Promise<void>): DynamoDBStreamHandler => {
  const wake = logged(async ({ eventName, dynamodb }: DynamoDBRecord, about) => {
    const pictureId = dynamodb?.OldImage?.["pictureId"]?.S;
    about["pictureId"] = pictureId;
    if (eventName !== "REMOVE" || dynamodb?.Keys?.["sk"]?.S !== reminderSk || pictureId === undefined)
      throw new Error(
        `EVENT_STRANGE: expected a reminder that has run out, received ${JSON.stringify({ eventName, keys: dynamodb?.Keys })}. Mend the filter of this function's event source mapping.`,
      );
    await run(pictureId);
  });
  const processor = new BatchProcessor(EventType.DynamoDBStreams);
  return (event, context) => {
    invokedBy(context);
    return processPartialResponse(event, wake, processor, { context, throwOnFullBatchFailure: false });
  };
};

/** A message's place in time, beside what it says. */
export interface Delivery {
  readonly sentAt: Date;
  /** Milliseconds until the function is ended. */
  readonly timeLeft: () => number;
}

/** Runs something for each message of a queue; the ones that fail come back, alone, and are spoken of with what `subject` says. */
export const onQueued = <T>(
  run: (body: T, delivery: Delivery) => Promise<void>,
  subject: (body: T) => About = () => ({}),
): SQSHandler => {
  const processor = new BatchProcessor(EventType.SQS);
  return (event, context) => {
    invokedBy(context);
    const timeLeft = () => context.getRemainingTimeInMillis();
    const wake = logged(({ body, attributes }: SQSRecord, about) => {
      const message = JSON.parse(body) as T;
      Object.assign(about, subject(message));
      return run(message, { sentAt: new Date(Number(attributes.SentTimestamp)), timeLeft });
    });
    return processPartialResponse(event, wake, processor, { context, throwOnFullBatchFailure: false });
  };
};

/** Wakes ingest for each object that EventBridge reports through the intake queue. */
export const onObjectCreated = (bucket: string, ingest: (key: string) => Promise<void>): SQSHandler =>
  onObject(bucket, ingest);

/** The same for each object of the archive that can be read again. */
export const onObjectRestored = (bucket: string, finish: (key: string) => Promise<void>): SQSHandler =>
  onObject(bucket, finish);

const onObject = (bucket: string, run: (key: string) => Promise<void>): SQSHandler =>
  onQueued<ObjectCreated>(
    async (event) => {
      const key = event.detail?.object?.key;
      if (event.detail?.bucket?.name !== bucket || key === undefined)
        throw new Error(
          `EVENT_STRANGE: expected an object in ${bucket}, received ${JSON.stringify(event).slice(0, 200)}. Check the rule's pattern.`,
        );
      await run(key);
    },
    (event) => subjectOf(event?.detail?.object?.key),
  );

/** What a line says of its subject, such as its pictureId. */
type About = Record<string, unknown>;

/** The batch processor keeps failures to itself: say each once, here at the edge, with what was found out by then. */
const logged =
  <T>(wake: (record: T, about: About) => Promise<void>) =>
  async (record: T) => {
    const about: About = {};
    try {
      await wake(record, about);
    } catch (error) {
      fault(error, about);
      throw error;
    }
  };
