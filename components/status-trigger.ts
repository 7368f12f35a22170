import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Status } from "../handlers/record.ts";
import type { Actor, ActorName } from "./actor.ts";
import { watch } from "./alarms.ts";
import type { Announcements } from "./announcements.ts";
import type { Bucket } from "./bucket.ts";
import type { Replica } from "./catalog.ts";
import { leaveToKeep } from "./failed-calls.ts";
import { Listener } from "./listener.ts";
import { allow } from "./statement.ts";
import { watchDestination } from "./watch-function.ts";

export interface StatusTriggerArgs {
  actor: Actor<ActorName>;
  catalog: Replica;
  /** Status that wakes the actor, or other changes. */
  status: Status | Changes;
  /** Where statuses are announced; other changes are not. @default nowhere: the stream itself wakes the actor */
  announcements?: Announcements;
  /** What has to be there before the first change is handed over. @default nothing */
  after?: pulumi.Resource[];
  /** Only pictures of this source wake it. @default of any */
  source?: string;
  /** Only pictures at home in one of these Regions wake it. */
  homes: readonly string[];
  /** Keeps the changes that could not be worked on, whole. */
  deadLetters: Bucket;
  /** Changes handed over at once. A change that kills the process takes the others of its batch along once. */
  batchSize: number;
  /** Leave out what changes of a picture that has the status already, so that the actor's own writing does not wake it. @default false */
  onArrival?: boolean;
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
  /** What they look like in the stream; one of several is enough. */
  pattern: object | object[];
}

/** Wakes an actor when a picture's record reaches a status. */
export class StatusTrigger extends pulumi.ComponentResource {
  constructor(name: string, args: StatusTriggerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:StatusTrigger", name, {}, opts);
    const child = { parent: this };
    const { actor, catalog, status, source, homes, deadLetters, batchSize, onlyNew = false } = args;
    const { onArrival = false } = args;
    // Five is one more than the deaths after which an actor refuses the picture itself (handlers/step.ts).
    const { announcements, after = [], retries = 5, parallel = 10 } = args;
    if (announcements !== undefined && typeof status === "string") {
      const pattern = reaching([status], homes, source);
      const { topicArn, listeners } = announcements;
      listeners.push(new Listener(name, { ...args, status, topicArn, pattern, retries, parallel }, child));
      return;
    }
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
    const { called, pattern } =
      typeof status === "string" ? { called: status, pattern: reaching([status], homes, source, onArrival) } : status;
    const { uuid } = new aws.lambda.EventSourceMapping(
      `${name}-mapping`,
      {
        eventSourceArn: catalog.streamArn,
        functionName: actor.functionArn,
        // From the beginning, where the stream is as old as the mapping, nothing is missed. A mapping that comes
        // later would be handed a whole day that was before it.
        startingPosition: onlyNew ? "LATEST" : "TRIM_HORIZON",
        filterCriteria: { filters: [pattern].flat().map((each) => ({ pattern: pulumi.jsonStringify(each) })) },
        batchSize,
        parallelizationFactor: parallel,
        functionResponseTypes: ["ReportBatchItemFailures"],
        bisectBatchOnFunctionError: true,
        maximumRetryAttempts: retries,
        maximumRecordAgeInSeconds: mostHours * 3600,
        destinationConfig: { onFailure: { destinationArn: deadLetters.arn } },
        metricsConfig: actor.alarmTopicArn === undefined ? undefined : { metrics: ["EventCount"] },
      },
      { ...child, dependsOn: [policy, ...after] },
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

/** What a record looks like in the stream that has just come to stand at one of these statuses. */
export const reaching = (
  statuses: readonly Status[],
  homes: readonly string[],
  source?: string,
  onArrival = false,
): object => ({
  eventName: ["INSERT", "MODIFY"],
  dynamodb: {
    Keys: { sk: { S: ["record"] } },
    // A new record has no old image.
    ...(onArrival && { OldImage: { status: { S: [{ exists: false }, { "anything-but": statuses }] } } }),
    NewImage: {
      status: { S: statuses },
      homeRegion: { S: homes },
      ...(source !== undefined && { source: { S: [source] } }),
      // That its original goes to the archive, or comes back, is no news of a picture long published.
      ...(statuses.includes("published") && { archive: { M: { turn: { N: [{ exists: false }] } } } }),
    },
  },
});
