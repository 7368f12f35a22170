import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Status } from "../handlers/record.ts";
import type { Actor, ActorName } from "./actor.ts";
import { watch } from "./alarms.ts";
import type { Bucket } from "./bucket.ts";
import type { Catalog } from "./catalog.ts";
import { leaveToKeep } from "./failed-calls.ts";
import { allow } from "./statement.ts";
import { watchDestination } from "./watch-function.ts";

export interface StatusTriggerArgs {
  actor: Actor<ActorName>;
  catalog: Catalog;
  /** Status that wakes the actor, or other changes. */
  status: Status | Changes;
  /** Only pictures of this source wake it. @default of any */
  source?: string;
  /** Only pictures at home in this Region wake it. */
  region: pulumi.Input<string>;
  /** Keeps the changes that could not be worked on, whole. */
  deadLetters: Bucket;
  /** Changes handed over at once. A change that kills the process takes the others of its batch along once. */
  batchSize: number;
  /** Leave out what was changed before. @default false */
  onlyNew?: boolean;
  /** Times a change is handed over again before it is put aside. @default 5 */
  retries?: number;
  /** Batches of one shard worked on at once. @default 10 */
  parallel?: number;
}

/** After which a change that could not be worked on is put aside. The stream itself keeps it for 24. */
const mostHours = 6;
/** Changes of the catalog that are no step of the chain. */
export interface Changes {
  /** What they are called where they wait or are put aside. */
  called: string;
  /** What they look like in the stream. */
  pattern: object;
}

/** Wakes an actor when a picture's record reaches a status. */
export class StatusTrigger extends pulumi.ComponentResource {
  constructor(name: string, args: StatusTriggerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:StatusTrigger", name, {}, opts);
    const child = { parent: this };
    const { actor, catalog, status, source, region, deadLetters, batchSize, onlyNew = false } = args;
    // Five is one more than the deaths after which an actor refuses the picture itself (handlers/step.ts).
    const { retries = 5, parallel = 10 } = args;
    const policy = actor.permit(
      `${name}-policy`,
      [
        allow(
          ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"],
          catalog.streamArn,
        ),
        ...leaveToKeep(deadLetters),
      ],
      child,
    );
    const { called, pattern } = typeof status === "string" ? reaching(status, region, source) : status;
    const { uuid } = new aws.lambda.EventSourceMapping(
      `${name}-mapping`,
      {
        eventSourceArn: catalog.streamArn,
        functionName: actor.functionArn,
        // From the beginning, where the stream is as old as the mapping, nothing is missed. A mapping that comes
        // later would be handed a whole day that was before it.
        startingPosition: onlyNew ? "LATEST" : "TRIM_HORIZON",
        filterCriteria: { filters: [{ pattern: pulumi.jsonStringify(pattern) }] },
        batchSize,
        parallelizationFactor: parallel,
        functionResponseTypes: ["ReportBatchItemFailures"],
        bisectBatchOnFunctionError: true,
        maximumRetryAttempts: retries,
        maximumRecordAgeInSeconds: mostHours * 3600,
        destinationConfig: { onFailure: { destinationArn: deadLetters.arn } },
        metricsConfig: actor.alarmTopicArn === undefined ? undefined : { metrics: ["EventCount"] },
      },
      { ...child, dependsOn: policy },
    );
    if (actor.alarmTopicArn !== undefined) {
      const lambda = { namespace: "AWS/Lambda" } as const;
      const age = {
        ...lambda,
        runbook: "behind",
        metric: "IteratorAge",
        dimensions: { FunctionName: actor.functionName },
        statistic: "Maximum",
      } as const;
      watch(
        `${name}-behind`,
        {
          ...age,
          description: `Changes wait over 10 minutes for their turn (${called}).`,
          above: 600_000,
        },
        actor.alarmTopicArn,
        child,
      );
      watch(
        `${name}-expiring`,
        {
          ...age,
          description: `Changes have waited for over ${mostHours / 2} of the ${mostHours} hours after which they are put aside (${called}).`,
          above: (mostHours / 2) * 3_600_000,
        },
        actor.alarmTopicArn,
        child,
      );
      watchDestination(name, actor.functionName, actor.alarmTopicArn, child);
      // The function's own Errors do not count what it reports as failed within a batch.
      watch(
        `${name}-dead-letters`,
        {
          ...lambda,
          description: `Changes that could not be worked on were put aside (${called}).`,
          runbook: "dead-letters",
          metric: "OnFailureDestinationDeliveredEventCount",
          dimensions: { EventSourceMappingUUID: uuid },
          statistic: "Sum",
          above: 0,
        },
        actor.alarmTopicArn,
        child,
      );
    }
    this.registerOutputs();
  }
}

const reaching = (status: Status, region: pulumi.Input<string>, source: string | undefined) => ({
  called: status,
  pattern: {
    eventName: ["INSERT", "MODIFY"],
    dynamodb: {
      Keys: { sk: { S: ["record"] } },
      NewImage: {
        status: { S: [status] },
        homeRegion: { S: [region] },
        ...(source !== undefined && { source: { S: [source] } }),
        // That its original goes to the archive, or comes back, is no news of a picture long published.
        ...(status === "published" && { archive: { M: { turn: { N: [{ exists: false }] } } } }),
      },
    },
  },
});
