import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Queue } from "./queue.ts";
import { denyPlainText, policyOf } from "./statement.ts";

export interface AlarmsArgs {
  /** Address that is told; it has to confirm once. @default nobody */
  email?: string;
}

/** Pages of docs/runbooks: what to do when an alarm rings. */
export const runbooks = [
  "behind",
  "budget",
  "dead-letters",
  "dropped",
  "errors",
  "front-door",
  "missed",
  "region",
  "slow",
  "sources",
  "stuck",
  "throttles",
  "undelivered",
  "waiting",
] as const;
export type Runbook = (typeof runbooks)[number];

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
      watchQueue(undelivered, `${name}-undelivered`, topic.arn, child, "undelivered");
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

/** Rings above this, or below it, in the metric's unit. */
type Limit = { above: number; below?: undefined } | { above?: undefined; below: number };

export type Watch = Limit & Watched;

interface Watched {
  /** What has happened when it rings, in a sentence. */
  description: string;
  /** What to do then. */
  runbook: Runbook;
  namespace: "AWS/ApiGateway" | "AWS/DynamoDB" | "AWS/Lambda" | "AWS/Route53" | "AWS/S3" | "AWS/SQS" | "Darkroom";
  metric: string;
  dimensions: Record<string, pulumi.Input<string>>;
  statistic: "Sum" | "Maximum" | "Minimum";
  /** Periods of five minutes in a row. @default 1 */
  periods?: number;
  /** What a period without a measurement means: all is well, or as before. @default "notBreaching" */
  missing?: "notBreaching" | "ignore";
}

/** One alarm that tells the topic. */
export function watch(
  name: string,
  { description, runbook, metric, above, below, periods = 1, missing = "notBreaching", ...rest }: Watch,
  topicArn: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): void {
  new aws.cloudwatch.MetricAlarm(
    name,
    {
      ...rest,
      alarmDescription: described(description, runbook),
      metricName: metric,
      comparisonOperator: below === undefined ? "GreaterThanThreshold" : "LessThanThreshold",
      threshold: below ?? above,
      period: 300,
      evaluationPeriods: periods,
      treatMissingData: missing,
      alarmActions: [topicArn],
      okActions: [topicArn],
    },
    opts,
  );
}

/** What an alarm says: what has happened, and at the end where it stands what to do. */
export const described = (description: string, runbook: Runbook): string => `${description} ${folder}${runbook}.md`;

const folder = "docs/runbooks/";

/**
 * Has every alarm that is made from now on lead to the run-books at an address, without a slash at the end. Called
 * before any component that holds alarms, as those take such changes over when they are made.
 */
export function linkRunbooks(address: string): void {
  pulumi.runtime.registerStackTransformation(linksTo(address));
}

/** Alarms are made all over the stack: their links are changed on the way, rather than handed through every component. */
const linksTo =
  (address: string): pulumi.ResourceTransformation =>
  ({ props, opts }) => {
    const said: unknown = props["alarmDescription"];
    if (typeof said !== "string") return undefined;
    return { props: { ...props, alarmDescription: said.replace(folder, `${address}/`) }, opts };
  };

/** Rings as soon as a queue that should be empty holds something. */
export function watchQueue(
  queue: Queue,
  name: string,
  topicArn: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
  runbook: Runbook = "dead-letters",
): void {
  const description = "Messages that could not be delivered are waiting in this queue.";
  const dimensions = { QueueName: queue.name };
  watch(
    `${name}-waiting`,
    {
      description,
      runbook,
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

/** Rings when a message of a queue that is worked on has been there for so long that it was taken in vain, or nobody takes any. */
export function watchBacklog(
  queue: Queue,
  name: string,
  visibilitySeconds: number,
  topicArn: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): void {
  const seconds = Math.max(600, 2 * visibilitySeconds);
  watch(
    `${name}-old`,
    {
      description: `The oldest message has been waiting in this queue for over ${seconds / 60} minutes.`,
      runbook: "waiting",
      namespace: "AWS/SQS",
      metric: "ApproximateAgeOfOldestMessage",
      dimensions: { QueueName: queue.name },
      statistic: "Maximum",
      above: seconds,
    },
    topicArn,
    opts,
  );
}
