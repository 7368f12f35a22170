import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Actor, ActorName } from "./actor.ts";
import type { Bucket } from "./bucket.ts";
import type { Statement } from "./statement.ts";
import { watchDestination } from "./watch-function.ts";

export interface FailedCallsArgs {
  actor: Actor<ActorName>;
  deadLetters: Bucket;
  /** Times a call is made again. */
  retries: 0 | 1 | 2;
  /** Hours after which a call is worth no more. */
  hours: number;
}

/** Keeps the calls that failed for good, of a function that is called without anybody waiting. Its role needs `leaveToKeep`. */
export function keepFailedCalls(
  name: string,
  { actor, deadLetters, retries, hours }: FailedCallsArgs,
  opts: pulumi.CustomResourceOptions,
): void {
  new aws.lambda.FunctionEventInvokeConfig(
    `${name}-calls`,
    {
      functionName: actor.functionName,
      maximumRetryAttempts: retries,
      maximumEventAgeInSeconds: hours * 3600,
      destinationConfig: { onFailure: { destination: deadLetters.arn } },
    },
    opts,
  );
  if (actor.alarmTopicArn !== undefined) watchDestination(name, actor.functionName, actor.alarmTopicArn, opts);
}

/** Lambda writes what failed with the function's own role, and looks at the bucket first. */
export const leaveToKeep = (deadLetters: Bucket): Statement[] => [
  deadLetters.grant("PutObject", "*"),
  deadLetters.grantListing(),
];
