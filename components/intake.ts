import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Actor } from "./actor.ts";
import type { Bucket } from "./bucket.ts";
import type { Queue } from "./queue.ts";
import { feed, workQueue } from "./work-queue.ts";

export interface IntakeArgs {
  /** Bucket whose new objects are taken in; it notifies EventBridge. */
  incoming: Bucket;
  /** What of its objects is told instead. @default "Object Created" */
  event?: "Object Created" | "Object Restore Completed";
  actor: Actor<"ingest"> | Actor<"restore">;
  /** Most objects worked on at once, 2 or more. @default 10 */
  concurrency?: number;
}

/**
 * New objects → EventBridge → queue → ingest. By way of EventBridge, so that the bucket needs to
 * know nothing of the function, and a first deployment has no circle to break.
 */
export class Intake extends pulumi.ComponentResource {
  /** Wakes the actor. */
  readonly queue: Queue;
  /** What it could not be woken for. */
  readonly deadLetters: Queue;

  constructor(
    name: string,
    { incoming, event = "Object Created", actor, concurrency = 10 }: IntakeArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("darkroom:index:Intake", name, {}, opts);
    const child = { parent: this };
    const rule = new aws.cloudwatch.EventRule(
      `${name}-rule`,
      {
        description: `${event} in the ${event === "Object Created" ? "incoming" : "archive"} bucket`,
        eventPattern: pulumi.jsonStringify({
          source: ["aws.s3"],
          "detail-type": [event],
          detail: { bucket: { name: [incoming.name] } },
        }),
      },
      child,
    );
    const sender = { service: "events.amazonaws.com", arn: rule.arn };
    const work = workQueue(name, { timeoutSeconds: actor.timeoutSeconds, sender }, child);
    const { queue, deadLetters } = work;
    this.queue = queue;
    this.deadLetters = deadLetters;
    new aws.cloudwatch.EventTarget(
      `${name}-target`,
      { rule: rule.name, arn: queue.arn, deadLetterConfig: { arn: deadLetters.arn } },
      { ...child, dependsOn: [queue.policy, deadLetters.policy] },
    );
    // One picture at a time: each has the whole of the function's time and memory.
    feed(work, { actor, batchSize: 1, parallel: concurrency }, child);
    this.registerOutputs();
  }
}
