import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Actor, ActorName } from "./actor.ts";
import { watchBacklog, watchQueue } from "./alarms.ts";
import { Queue, type QueueArgs } from "./queue.ts";

export interface WorkQueueArgs {
  /** What the queue itself is called. @default as both together */
  called?: string;
  /** The longest that its function works, in seconds. */
  timeoutSeconds: number;
  /** Times a message is received before it is put aside. @default 6 */
  tries?: number;
  /** What sends to both. @default the functions that are granted it */
  sender?: QueueArgs["sender"];
}

/** What waits for a function, and what that could not work on. */
export interface WorkQueue {
  readonly name: string;
  readonly called: string;
  readonly queue: Queue;
  readonly deadLetters: Queue;
  readonly visibilitySeconds: number;
}

export function workQueue(
  name: string,
  { called = name, timeoutSeconds, tries = 6, sender }: WorkQueueArgs,
  opts: pulumi.CustomResourceOptions,
): WorkQueue {
  // Six times the function's own, or a throttled message comes back while it is still worked on.
  const visibilitySeconds = 6 * timeoutSeconds;
  const deadLetters = new Queue(`${name}-dead-letters`, { sender }, opts);
  const queue = new Queue(called, { visibilitySeconds, redrive: { to: deadLetters, after: tries }, sender }, opts);
  return { name, called, queue, deadLetters, visibilitySeconds };
}

export interface FeedArgs {
  actor: Actor<ActorName>;
  /** Whose own grants let it receive; or else a policy is added for it. @default "policy" */
  leave?: "grants" | "policy";
  /** What its mapping is called after the queues. @default "mapping" */
  mapping?: string;
  /** What a message looks like. @default as it comes */
  pattern?: object;
  /** Messages handed over at once. */
  batchSize: number;
  /** Batches worked on at once; AWS takes no less than 2. */
  parallel: number;
}

/** Has a function work on what is in a queue. Rings when it could not, or does not. */
export function feed(
  { name, called, queue, deadLetters, visibilitySeconds }: WorkQueue,
  { actor, leave = "policy", mapping = "mapping", pattern, batchSize, parallel }: FeedArgs,
  opts: pulumi.CustomResourceOptions,
): void {
  const policy =
    leave === "policy"
      ? actor.permit(`${name}-receive`, [queue.grant("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")], opts)
      : undefined;
  new aws.lambda.EventSourceMapping(
    `${name}-${mapping}`,
    {
      eventSourceArn: queue.arn,
      functionName: actor.functionArn,
      filterCriteria: pattern && { filters: [{ pattern: pulumi.jsonStringify(pattern) }] },
      batchSize,
      functionResponseTypes: ["ReportBatchItemFailures"],
      scalingConfig: { maximumConcurrency: parallel },
    },
    { ...opts, dependsOn: policy },
  );
  if (actor.alarmTopicArn === undefined) return;
  watchQueue(deadLetters, `${name}-dead-letters`, actor.alarmTopicArn, opts);
  watchBacklog(queue, called, visibilitySeconds, actor.alarmTopicArn, opts);
}
