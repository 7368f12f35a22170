import type * as pulumi from "@pulumi/pulumi";
import { watch } from "./alarms.ts";

/** Rings when a function fails, is throttled for a while, or nears the end of its time. */
export function watchFunction(
  name: string,
  functionName: pulumi.Output<string>,
  timeoutSeconds: number,
  topicArn: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): void {
  const lambda = { namespace: "AWS/Lambda", dimensions: { FunctionName: functionName } } as const;
  watch(
    `${name}-errors`,
    { ...lambda, description: `${name} failed.`, runbook: "errors", metric: "Errors", statistic: "Sum", above: 0 },
    topicArn,
    opts,
  );
  // A burst is throttled for a while and nothing is lost; a quarter of an hour of it is another matter.
  watch(
    `${name}-throttles`,
    {
      ...lambda,
      description: `${name} was throttled for 15 minutes.`,
      runbook: "throttles",
      metric: "Throttles",
      statistic: "Sum",
      above: 0,
      periods: 3,
    },
    topicArn,
    opts,
  );
  watch(
    `${name}-slow`,
    {
      ...lambda,
      description: `${name} took over 90 % of its ${timeoutSeconds} s.`,
      runbook: "slow",
      metric: "Duration",
      statistic: "Maximum",
      above: timeoutSeconds * 900,
    },
    topicArn,
    opts,
  );
}

/** Rings when Lambda gives up a call that nobody waits for: a schedule's, or one that was invoked as an event. */
export const watchCalls: Watch = (name, functionName, topicArn, opts) =>
  watchLost(
    `${name}-dropped`,
    { metric: "AsyncEventsDropped", description: `Calls of ${name} were given up after all tries.` },
    functionName,
    topicArn,
    opts,
  );

/** Rings when what could not be worked on could not even be put aside: then it is lost. */
export const watchDestination: Watch = (name, functionName, topicArn, opts) =>
  watchLost(
    `${name}-not-kept`,
    {
      metric: "DestinationDeliveryFailures",
      description: `What ${name} could not work on could not be put into the dead-letters bucket, and is lost.`,
    },
    functionName,
    topicArn,
    opts,
  );

type Watch = (
  name: string,
  functionName: pulumi.Output<string>,
  topicArn: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
) => void;

/** One lost event is enough. */
const watchLost = (
  name: string,
  lost: { readonly metric: string; readonly description: string },
  functionName: pulumi.Output<string>,
  topicArn: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
) =>
  watch(
    name,
    {
      ...lost,
      runbook: "dropped",
      namespace: "AWS/Lambda",
      dimensions: { FunctionName: functionName },
      statistic: "Sum",
      above: 0,
    },
    topicArn,
    opts,
  );
