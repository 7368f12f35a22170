import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Queue } from "./queue.ts";
import { denyPlainText, policyOf } from "./statement.ts";

export interface AlarmsArgs {
  /** Address that is told; it has to confirm once. @default nobody */
  email?: string;
}

/**
 * The topic that hears every alarm. It is not encrypted with a key: CloudWatch cannot use AWS's own,
 * and what passes through is the names of alarms.
 */
export class Alarms extends pulumi.ComponentResource {
  readonly topicArn: pulumi.Output<string>;

  constructor(name: string, { email }: AlarmsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:Alarms", name, {}, opts);
    const child = { parent: this };
    const topic = new aws.sns.Topic(`${name}-topic`, {}, child);
    this.topicArn = topic.arn;
    const { accountId } = aws.getCallerIdentityOutput();
    new aws.sns.TopicPolicy(
      `${name}-policy`,
      {
        arn: topic.arn,
        policy: policyOf([
          denyPlainText("sns:Publish", topic.arn),
          {
            Sid: "Alarm",
            Effect: "Allow",
            Principal: { Service: "cloudwatch.amazonaws.com" },
            Action: ["sns:Publish"],
            Resource: topic.arn,
            Condition: { StringEquals: { "aws:SourceAccount": accountId } },
          },
        ]),
      },
      child,
    );
    if (email !== undefined) {
      const undelivered = new Queue(
        `${name}-undelivered`,
        { sender: { service: "sns.amazonaws.com", arn: topic.arn } },
        child,
      );
      watchQueue(undelivered, `${name}-undelivered`, topic.arn, child);
      const redrivePolicy = pulumi.jsonStringify({ deadLetterTargetArn: undelivered.arn });
      new aws.sns.TopicSubscription(
        `${name}-email`,
        { topic: topic.arn, protocol: "email", endpoint: email, redrivePolicy },
        { ...child, dependsOn: undelivered.policy },
      );
    }
    this.registerOutputs({ topicArn: this.topicArn });
  }
}

export interface Watch {
  /** What has happened when it rings, in a sentence. */
  description: string;
  namespace: "AWS/ApiGateway" | "AWS/Lambda" | "AWS/SQS" | "Darkroom";
  metric: string;
  dimensions: Record<string, pulumi.Input<string>>;
  statistic: "Sum" | "Maximum";
  /** Rings above this, in the metric's unit. */
  above: number;
  /** Periods of five minutes in a row. @default 1 */
  periods?: number;
  /** What a period without a measurement means: all is well, or as before. @default "notBreaching" */
  missing?: "notBreaching" | "ignore";
}

/** One alarm that tells the topic. */
export function watch(
  name: string,
  { description, metric, above, periods = 1, missing = "notBreaching", ...rest }: Watch,
  topicArn: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): void {
  new aws.cloudwatch.MetricAlarm(
    name,
    {
      ...rest,
      alarmDescription: description,
      metricName: metric,
      comparisonOperator: "GreaterThanThreshold",
      threshold: above,
      period: 300,
      evaluationPeriods: periods,
      treatMissingData: missing,
      alarmActions: [topicArn],
      okActions: [topicArn],
    },
    opts,
  );
}

/** Rings as soon as a queue that should be empty holds something. */
export function watchQueue(
  queue: Queue,
  name: string,
  topicArn: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): void {
  const description = "Messages that could not be delivered are waiting in this queue.";
  const dimensions = { QueueName: queue.name };
  watch(
    `${name}-waiting`,
    {
      description,
      namespace: "AWS/SQS",
      metric: "ApproximateNumberOfMessagesVisible",
      dimensions,
      statistic: "Maximum",
      above: 0,
    },
    topicArn,
    opts,
  );
}

/** Rings when a source cannot be looked at for an hour, and at once when waiting will not mend it. */
export function watchSource(
  name: string,
  source: string,
  environment: string,
  topicArn: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): void {
  // Measured once a look, which may be hours apart: what was last said holds.
  const darkroom = {
    namespace: "Darkroom",
    dimensions: { Environment: environment, Source: source },
    missing: "ignore",
    statistic: "Maximum",
  } as const;
  watch(
    `${name}-failing`,
    {
      ...darkroom,
      description: `No look at the source ${source} has ended well for an hour. \`darkroom source status\` says why.`,
      metric: "SourceFailingMinutes",
      above: 59,
    },
    topicArn,
    opts,
  );
  watch(
    `${name}-needs-person`,
    {
      ...darkroom,
      description: `The source ${source} needs somebody: to authorise it again, give it a right, free some space or mend its settings. \`darkroom source check ${source}\` says what.`,
      metric: "SourceNeedsPerson",
      above: 0,
    },
    topicArn,
    opts,
  );
}
