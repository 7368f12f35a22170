import type { Message, Queues } from "../aws/sqs/types.ts";
import { type Consumer, createConsumer } from "./consumer.ts";
import { type FilterCriteria, filterOf } from "./filter.ts";
import { assertMay, MappingDenied, type Role } from "./role.ts";
import type { Invoke, Outcome } from "./types.ts";

/** Inputs of aws.lambda.EventSourceMapping for a queue, in Pulumi's names. */
export interface QueueMappingConfig {
  /** Names the mapping in messages. */
  readonly id: string;
  readonly eventSourceArn: string;
  readonly functionTimeoutSeconds: number;
  readonly region: string;
  /** @default true */
  readonly enabled?: boolean;
  /** @default 10 */
  readonly batchSize?: number;
  /** @default 0 */
  readonly maximumBatchingWindowInSeconds?: number;
  readonly functionResponseTypes?: readonly string[];
  readonly filterCriteria?: FilterCriteria;
  readonly scalingConfig?: { readonly maximumConcurrency?: number };
}

export interface QueueMappingDeps {
  readonly queues: Queues;
  readonly invoke: Invoke;
  readonly role: Role;
  readonly warn: (message: string) => void;
  /** Most batches at once, whatever the mapping allows. @default 2 */
  readonly workers?: number;
  /** Milliseconds until a failed message comes back, by its receives so far. @default the queue's visibility timeout, as on AWS */
  readonly retryDelay?: (receiveCount: number) => number;
}

/**
 * A queue's event source mapping: what succeeds is deleted, what fails comes back, and after the
 * queue's maxReceiveCount lies in its dead-letter queue.
 * @throws MappingDenied for what AWS would refuse.
 */
export function createQueueMapping(config: QueueMappingConfig, deps: QueueMappingDeps): Consumer {
  const { id, eventSourceArn, functionTimeoutSeconds, batchSize = 10 } = config;
  const { queues, role, invoke, workers = 2 } = deps;
  const { visibilityTimeoutSeconds = 30 } = queues.configs.get(eventSourceArn) ?? {};
  for (const verb of ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"])
    assertMay(id, role, `sqs:${verb}`, eventSourceArn);
  if (visibilityTimeoutSeconds < functionTimeoutSeconds)
    throw new MappingDenied(
      id,
      `Queue visibility timeout: ${visibilityTimeoutSeconds} seconds is less than Function timeout: ${functionTimeoutSeconds} seconds`,
    );
  if (config.enabled === false) return { idle: async () => {}, close: async () => {} };

  const passes = filterOf(id, config.filterCriteria);
  const partial = config.functionResponseTypes?.includes("ReportBatchItemFailures") ?? false;
  const retryDelay = deps.retryDelay ?? (() => visibilityTimeoutSeconds * 1000);

  return createConsumer({
    queues,
    queueArn: eventSourceArn,
    workers: Math.min(config.scalingConfig?.maximumConcurrency ?? workers, workers),
    batchSize,
    windowSeconds: config.maximumBatchingWindowInSeconds ?? 0,
    warn: deps.warn,
    async handle(messages) {
      const wanted = messages.filter((message) => passes(filterable(message, config)));
      // As on AWS, what the filter refuses is gone.
      for (const message of messages)
        if (!wanted.includes(message)) queues.remove(eventSourceArn, message.receiptHandle);
      if (wanted.length === 0) return;
      const outcome = await invoke({ Records: wanted.map((message) => toRecord(message, config)) });
      const failed = failedOf(outcome, wanted, partial);
      for (const message of wanted)
        if (failed.has(message.messageId))
          queues.giveBack(eventSourceArn, message.receiptHandle, retryDelay(message.receiveCount));
        else queues.remove(eventSourceArn, message.receiptHandle);
    },
  });
}

/** Ids of the messages that failed. An answer that names anything else fails the whole batch, as on AWS. */
function failedOf(outcome: Outcome, messages: readonly Message[], partial: boolean): ReadonlySet<string> {
  const all = new Set(messages.map(({ messageId }) => messageId));
  if (!outcome.ok) return all;
  const failures = partial ? (outcome.result as BatchResponse)?.batchItemFailures : undefined;
  const named = (failures ?? []).map(({ itemIdentifier = "" }) => itemIdentifier);
  return named.every((name) => all.has(name)) ? new Set(named) : all;
}

type BatchResponse = { readonly batchItemFailures?: readonly { readonly itemIdentifier?: string }[] } | null;

/** A message as a function receives it. */
function toRecord(message: Message, { eventSourceArn, region }: QueueMappingConfig) {
  return {
    messageId: message.messageId,
    receiptHandle: message.receiptHandle,
    body: message.body,
    attributes: {
      ApproximateReceiveCount: String(message.receiveCount),
      SentTimestamp: String(message.sentAt),
      SenderId: "000000000000",
      ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
    },
    messageAttributes: Object.fromEntries(
      Object.entries(message.attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
        name,
        {
          ...(StringValue !== undefined && { stringValue: StringValue }),
          ...(BinaryValue !== undefined && { binaryValue: BinaryValue }),
          stringListValues: [],
          binaryListValues: [],
          dataType: DataType,
        },
      ]),
    ),
    ...(message.md5OfAttributes !== undefined && { md5OfMessageAttributes: message.md5OfAttributes }),
    md5OfBody: message.md5OfBody,
    eventSource: "aws:sqs",
    eventSourceARN: eventSourceArn,
    awsRegion: region,
  };
}

/** What a filter of a queue looks at: the record, its body read as JSON where it is. */
const filterable = (message: Message, config: QueueMappingConfig) => ({
  ...toRecord(message, config),
  body: parsed(message.body),
});

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    if (error instanceof SyntaxError) return body;
    throw error;
  }
}
