import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Status } from "../handlers/record.ts";
import type { Actor, ActorName } from "./actor.ts";
import { watch } from "./alarms.ts";
import type { Bucket } from "./bucket.ts";
import type { Catalog } from "./catalog.ts";
import { allow } from "./statement.ts";

export interface StatusTriggerArgs {
  actor: Actor<ActorName>;
  catalog: Catalog;
  /** Status that wakes the actor. */
  status: Status;
  /** Only pictures at home in this Region wake it. */
  region: pulumi.Input<string>;
  /** Keeps the changes that could not be worked on, whole. */
  deadLetters: Bucket;
  /** Changes handed over at once. A change that kills the process takes the others of its batch along once. */
  batchSize: number;
}

/** Wakes an actor when a picture's record reaches a status. */
export class StatusTrigger extends pulumi.ComponentResource {
  constructor(
    name: string,
    { actor, catalog, status, region, deadLetters, batchSize }: StatusTriggerArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("darkroom:index:StatusTrigger", name, {}, opts);
    const child = { parent: this };
    const policy = actor.permit(
      `${name}-policy`,
      [
        allow(
          ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"],
          catalog.streamArn,
        ),
        // Lambda writes dead letters with the function's own role, and looks at the bucket first.
        deadLetters.grant("PutObject", "*"),
        deadLetters.grantListing(),
      ],
      child,
    );
    const pattern = pulumi.jsonStringify({
      eventName: ["INSERT", "MODIFY"],
      dynamodb: {
        Keys: { sk: { S: ["record"] } },
        NewImage: { status: { S: [status] }, homeRegion: { S: [region] } },
      },
    });
    const { uuid } = new aws.lambda.EventSourceMapping(
      `${name}-mapping`,
      {
        eventSourceArn: catalog.streamArn,
        functionName: actor.functionArn,
        // The table and its stream are as old as the mapping: from the beginning, nothing is missed.
        startingPosition: "TRIM_HORIZON",
        filterCriteria: { filters: [{ pattern }] },
        batchSize,
        parallelizationFactor: 10,
        functionResponseTypes: ["ReportBatchItemFailures"],
        bisectBatchOnFunctionError: true,
        // One more than the deaths after which an actor refuses the picture itself (handlers/step.ts).
        maximumRetryAttempts: 5,
        maximumRecordAgeInSeconds: 6 * 3600,
        destinationConfig: { onFailure: { destinationArn: deadLetters.arn } },
        metricsConfig: actor.alarmTopicArn === undefined ? undefined : { metrics: ["EventCount"] },
      },
      { ...child, dependsOn: policy },
    );
    if (actor.alarmTopicArn !== undefined) {
      const lambda = { namespace: "AWS/Lambda" } as const;
      watch(
        `${name}-behind`,
        {
          ...lambda,
          description: `Changes wait over 10 minutes for their turn (${status}).`,
          metric: "IteratorAge",
          dimensions: { FunctionName: actor.functionName },
          statistic: "Maximum",
          above: 600_000,
        },
        actor.alarmTopicArn,
        child,
      );
      // The function's own Errors do not count what it reports as failed within a batch.
      watch(
        `${name}-dead-letters`,
        {
          ...lambda,
          description: `Changes that could not be worked on were put aside (${status}).`,
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
