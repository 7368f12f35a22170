import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Status } from "../handlers/record.ts";
import type { Actor, ActorName } from "./actor.ts";
import type { Queue } from "./queue.ts";
import { feed, workQueue } from "./work-queue.ts";

export interface ListenerArgs {
  actor: Actor<ActorName>;
  topicArn: pulumi.Input<string>;
  status: Status;
  /** Only pictures of this source wake it. @default of any */
  source?: string;
  /** Only pictures at home in one of these Regions wake it. */
  homes: readonly string[];
  /** What such a change looks like. */
  pattern: object;
  /** Changes handed over at once. */
  batchSize: number;
  /** Times a change is handed over again before it is put aside. */
  retries: number;
  /** Batches worked on at once; at least 2. */
  parallel: number;
}

/** Topic → queue → actor: what the topic is told of a status waits in a queue of the actor's own until it is worked on. */
export class Listener extends pulumi.ComponentResource {
  /** As its lines say it, such as `write-back` for that of each source. */
  readonly actor: string;
  readonly status: Status;
  /** Of whose pictures it hears. */
  readonly homes: readonly string[];
  /** What the actor could not work on, or could not be told. */
  readonly deadLetters: Queue;

  constructor(name: string, args: ListenerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:Listener", name, {}, opts);
    const child = { parent: this };
    const { actor, topicArn, status, source, homes, pattern, batchSize, retries, parallel } = args;
    const sender = { service: "sns.amazonaws.com", arn: topicArn };
    const work = workQueue(name, { timeoutSeconds: actor.timeoutSeconds, tries: retries + 1, sender }, child);
    const { queue, deadLetters } = work;
    this.actor = name.replace(source === undefined ? /-trigger$/ : `-${source}-trigger`, "");
    this.status = status;
    this.homes = homes;
    this.deadLetters = deadLetters;
    new aws.sns.TopicSubscription(
      `${name}-subscription`,
      {
        topic: topicArn,
        protocol: "sqs",
        endpoint: queue.arn,
        rawMessageDelivery: true,
        filterPolicyScope: "MessageAttributes",
        filterPolicy: pulumi.jsonStringify({
          status: [status],
          homeRegion: homes,
          ...(source !== undefined && { source: [source] }),
        }),
        redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: deadLetters.arn }),
      },
      { ...child, dependsOn: [queue.policy, deadLetters.policy] },
    );
    feed(
      work,
      {
        actor,
        mapping: "delivery",
        // Once more: a subscription's own policy takes up to 15 minutes to be followed everywhere.
        // https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html
        pattern: { body: pattern },
        batchSize,
        // Beyond what is reserved, messages would be throttled, which counts as received.
        parallel: Math.max(2, Math.min(parallel, actor.reservedConcurrency ?? parallel)),
      },
      child,
    );
    this.registerOutputs();
  }
}
