import type { Delivery, TopicConfig } from "../aws/sns/types.ts";
import type { QueueConfig, Queues } from "../aws/sqs/types.ts";
import type { FunctionConfig, Invocation } from "../lambda/types.ts";
import type { Point } from "./types.ts";

/** What AWS measures of an invocation by itself. */
export function invocationPoints(
  { name }: Pick<FunctionConfig, "name">,
  { event, ok, ms, concurrent }: Invocation,
  now: number,
): readonly Point[] {
  const lambda = { namespace: "AWS/Lambda", dimensions: { FunctionName: name }, at: now };
  const age = iteratorAge(event, now);
  return [
    { ...lambda, name: "Invocations", unit: "Count", value: 1 },
    { ...lambda, name: "Errors", unit: "Count", value: ok ? 0 : 1 },
    // Here a call waits its turn: nothing is throttled.
    { ...lambda, name: "Throttles", unit: "Count", value: 0 },
    { ...lambda, name: "Duration", unit: "Milliseconds", value: ms },
    { ...lambda, name: "ConcurrentExecutions", unit: "Count", value: concurrent },
    ...(age === undefined ? [] : [{ ...lambda, name: "IteratorAge", unit: "Milliseconds", value: age }]),
  ];
}

/** How old the last record of a stream's batch was, in milliseconds. */
function iteratorAge(event: unknown, now: number): number | undefined {
  const record = (event as StreamEvent | null)?.Records?.at?.(-1);
  const seconds = record?.dynamodb?.ApproximateCreationDateTime;
  return seconds === undefined ? undefined : Math.max(0, now - seconds * 1000);
}

interface StreamEvent {
  readonly Records?: readonly { readonly dynamodb?: { readonly ApproximateCreationDateTime?: number } }[];
}

/** What became of records of a stream that a function failed with. */
export const mappingPoint = (
  EventSourceMappingUUID: string,
  what: "failed" | "given up",
  records: number,
  now: number,
): Point => ({
  namespace: "AWS/Lambda",
  name: what === "failed" ? "FailedInvokeEventCount" : "OnFailureDestinationDeliveredEventCount",
  dimensions: { EventSourceMappingUUID },
  unit: "Count",
  value: records,
  at: now,
});

/** What an HTTP API measures of an answer. */
export function answerPoints(
  ApiId: string,
  { status, ms }: { readonly status: number; readonly ms: number },
  now: number,
): readonly Point[] {
  const api = { namespace: "AWS/ApiGateway", dimensions: { ApiId }, unit: "Count", at: now };
  return [
    { ...api, name: "Count", value: 1 },
    { ...api, name: "4xx", value: status >= 400 && status < 500 ? 1 : 0 },
    { ...api, name: "5xx", value: status >= 500 ? 1 : 0 },
    { ...api, name: "Latency", unit: "Milliseconds", value: ms },
  ];
}

/** What SNS measures of a message at a subscription. */
export const deliveryPoints = (
  { name: TopicName }: Pick<TopicConfig, "name">,
  delivery: Delivery,
  now: number,
): readonly Point[] =>
  measured[delivery].map((metric) => ({
    namespace: "AWS/SNS",
    name: `NumberOfNotifications${metric}`,
    dimensions: { TopicName },
    unit: "Count",
    value: 1,
    at: now,
  }));

const measured: Readonly<Record<Delivery, readonly string[]>> = {
  delivered: ["Delivered"],
  filtered: ["FilteredOut"],
  redriven: ["Failed", "RedrivenToDlq"],
  lost: ["Failed", "FailedToRedriveToDlq"],
};

export const sentPoint = ({ name }: Pick<QueueConfig, "name">, now: number): Point => ({
  ...queue(name),
  name: "NumberOfMessagesSent",
  unit: "Count",
  value: 1,
  at: now,
});

/** How each of these queues stands at this moment. */
export const queuePoints = (
  configs: readonly Pick<QueueConfig, "name" | "arn">[],
  queues: Pick<Queues, "counts" | "oldestSentAt">,
  now: number,
): readonly Point[] =>
  configs.flatMap(({ name, arn }) => {
    const { visible, inFlight, delayed } = queues.counts(arn);
    const oldest = queues.oldestSentAt(arn) ?? now;
    const about = { ...queue(name), at: now };
    return [
      { ...about, name: "ApproximateNumberOfMessagesVisible", unit: "Count", value: visible },
      { ...about, name: "ApproximateNumberOfMessagesNotVisible", unit: "Count", value: inFlight },
      { ...about, name: "ApproximateNumberOfMessagesDelayed", unit: "Count", value: delayed },
      { ...about, name: "ApproximateAgeOfOldestMessage", unit: "Seconds", value: Math.max(0, now - oldest) / 1000 },
    ];
  });

const queue = (QueueName: string) => ({ namespace: "AWS/SQS", dimensions: { QueueName } });
