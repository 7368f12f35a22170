import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Actor, ActorName } from "./actor.ts";
import { watchQueue } from "./alarms.ts";
import { Queue } from "./queue.ts";
import { allow, policyOf, type Statement } from "./statement.ts";

export interface ScheduleArgs {
  description: string;
  actor: Actor<ActorName>;
  /** Time between two calls, such as `5 minutes` or `1 hour`. */
  every: string;
  /** What the function is called with. */
  input: object;
}

/** Calls a function again and again, with a role that can do nothing else. */
export class Schedule extends pulumi.ComponentResource {
  constructor(
    name: string,
    { description, actor, every, input }: ScheduleArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("darkroom:index:Schedule", name, {}, opts);
    const child = { parent: this };
    // Of its own: a role can be lent to a whole group only, not to one schedule.
    const group = new aws.scheduler.ScheduleGroup(`${name}-group`, {}, child);
    const missed = new Queue(`${name}-missed`, {}, child);
    const role = new aws.iam.Role(`${name}-caller`, { assumeRolePolicy: policyOf([assumedFor(group.arn)]) }, child);
    const grants = [allow(["lambda:InvokeFunction"], actor.functionArn), missed.grant("SendMessage")];
    const policy = new aws.iam.RolePolicy(`${name}-call`, { role: role.name, policy: policyOf(grants) }, child);
    new aws.scheduler.Schedule(
      `${name}-schedule`,
      {
        description,
        groupName: group.name,
        scheduleExpression: `rate(${every})`,
        flexibleTimeWindow: { mode: "OFF" },
        target: {
          arn: actor.functionArn,
          roleArn: role.arn,
          input: JSON.stringify(input),
          // The next call makes up for one that could not be made.
          retryPolicy: { maximumRetryAttempts: 2, maximumEventAgeInSeconds: 300 },
          deadLetterConfig: { arn: missed.arn },
        },
      },
      { ...child, dependsOn: policy },
    );
    if (actor.alarmTopicArn !== undefined) watchQueue(missed, `${name}-missed`, actor.alarmTopicArn, child);
    this.registerOutputs();
  }
}

/** https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html */
function assumedFor(groupArn: pulumi.Output<string>): Statement {
  const { accountId } = aws.getCallerIdentityOutput();
  return {
    Effect: "Allow",
    Principal: { Service: "scheduler.amazonaws.com" },
    Action: ["sts:AssumeRole"],
    Condition: { StringEquals: { "aws:SourceArn": groupArn, "aws:SourceAccount": accountId } },
  };
}
