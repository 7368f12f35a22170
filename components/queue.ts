import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { allow, denyPlainText, policyOf, type Statement } from "./statement.ts";

export interface QueueArgs {
  /** How long a message taken stays hidden, in seconds. @default 30 */
  visibilitySeconds?: number;
  /** Where a message goes that was received this often. Without it, this is the last stop, and keeps messages 14 days. */
  redrive?: { to: Queue; after: number };
  /** Service that may send, on behalf of which resource of this account. Roles send by their own leave. @default none */
  sender?: { service: string; arn: pulumi.Input<string> };
}

/** An encrypted queue that only speaks TLS. */
export class Queue extends pulumi.ComponentResource {
  readonly name: pulumi.Output<string>;
  readonly url: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  /** Its policy: whoever lets a service send waits for it. */
  readonly policy: aws.sqs.QueuePolicy;

  constructor(
    name: string,
    { visibilitySeconds = 30, redrive, sender }: QueueArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("darkroom:index:Queue", name, {}, opts);
    const child = { parent: this };
    const queue = new aws.sqs.Queue(
      `${name}-queue`,
      {
        sqsManagedSseEnabled: true,
        visibilityTimeoutSeconds: visibilitySeconds,
        messageRetentionSeconds: (redrive ? 4 : 14) * 24 * 3600,
        redrivePolicy:
          redrive && pulumi.jsonStringify({ deadLetterTargetArn: redrive.to.arn, maxReceiveCount: redrive.after }),
      },
      child,
    );
    this.name = queue.name;
    this.url = queue.url;
    this.arn = queue.arn;
    const statements = [denyPlainText("sqs:*", queue.arn)];
    if (sender) statements.push(sendFor(sender, queue.arn));
    this.policy = new aws.sqs.QueuePolicy(
      `${name}-policy`,
      { queueUrl: queue.url, policy: policyOf(statements) },
      child,
    );
    this.registerOutputs({ name: this.name, arn: this.arn });
  }

  /** Leave to do this with its messages, such as `SendMessage`. */
  grant(
    ...actions: (
      | "SendMessage"
      | "ReceiveMessage"
      | "DeleteMessage"
      | "ChangeMessageVisibility"
      | "GetQueueAttributes"
    )[]
  ): Statement {
    return allow(
      actions.map((action) => `sqs:${action}`),
      this.arn,
    );
  }
}

function sendFor(
  { service, arn }: { service: string; arn: pulumi.Input<string> },
  queueArn: pulumi.Output<string>,
): Statement {
  const { accountId } = aws.getCallerIdentityOutput();
  return {
    Sid: "Deliver",
    Effect: "Allow",
    Principal: { Service: service },
    Action: ["sqs:SendMessage"],
    Resource: queueArn,
    Condition: {
      ArnEquals: { "aws:SourceArn": arn },
      // SNS does not say for whom it sends; but the account is part of a topic's ARN, as it is not of every resource's.
      ...(service !== "sns.amazonaws.com" && { StringEquals: { "aws:SourceAccount": accountId } }),
    },
  };
}
