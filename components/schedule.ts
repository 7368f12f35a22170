import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { TimeOfDay } from "../options.ts";
import type { Actor, ActorName } from "./actor.ts";
import { watchQueue } from "./alarms.ts";
import { Queue } from "./queue.ts";
import { allow, policyOf, type Statement } from "./statement.ts";
import { watchCalls } from "./watch-function.ts";

export interface ScheduleArgs {
  description: string;
  actor: Actor<ActorName>;
  /** Time between two calls, such as `5 minutes` or `1 hour`, or the time of each day's. */
  when: string | TimeOfDay;
  /** What the function is called with. */
  input: object;
}

/** Calls a function again and again, with a role that can do nothing else. */
export class Schedule extends pulumi.ComponentResource {
  constructor(name: string, { description, actor, when, input }: ScheduleArgs, opts?: pulumi.ComponentResourceOptions) {
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
        ...expressionOf(when),
        flexibleTimeWindow: { mode: "OFF" },
        target: {
          arn: actor.functionArn,
          roleArn: role.arn,
          input: JSON.stringify(input),
          retryPolicy: typeof when === "string" ? madeUpFor : insistent,
          deadLetterConfig: { arn: missed.arn },
        },
      },
      { ...child, dependsOn: policy },
    );
    if (actor.alarmTopicArn !== undefined) {
      watchQueue(missed, `${name}-missed`, actor.alarmTopicArn, child, "missed");
      watchCalls(name, actor.functionName, actor.alarmTopicArn, child);
    }
    this.registerOutputs();
  }
}

const expressionOf = (when: ScheduleArgs["when"]) =>
  typeof when === "string"
    ? { scheduleExpression: `rate(${when})` }
    : { scheduleExpression: `cron(${when.minute} ${when.hour} * * ? *)`, scheduleExpressionTimezone: when.timeZone };

/** The next call makes up for one that could not be made. */
const madeUpFor = { maximumRetryAttempts: 2, maximumEventAgeInSeconds: 300 };
/** The next one is a day away. */
const insistent = { maximumRetryAttempts: 20, maximumEventAgeInSeconds: 6 * 3600 };

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
