import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { allow, policyOf } from "./statement.ts";

export interface FlowLogsArgs {
  vpcId: pulumi.Input<string>;
  retentionDays: number;
}

/** Writes down who in a network talked to whom, and what was refused; nothing of what was said. */
export function keepFlowLogs(
  name: string,
  { vpcId, retentionDays }: FlowLogsArgs,
  child: pulumi.CustomResourceOptions,
): void {
  const logs = new aws.cloudwatch.LogGroup(`${name}-flow-logs`, { retentionInDays: retentionDays }, child);
  const role = new aws.iam.Role(
    `${name}-flow-role`,
    {
      assumeRolePolicy: policyOf([
        {
          Effect: "Allow",
          Principal: { Service: "vpc-flow-logs.amazonaws.com" },
          Action: ["sts:AssumeRole"],
          Condition: { StringEquals: { "aws:SourceAccount": aws.getCallerIdentityOutput().accountId } },
        },
      ]),
    },
    child,
  );
  const actions = ["CreateLogStream", "PutLogEvents", "DescribeLogStreams", "DescribeLogGroups"];
  const policy = new aws.iam.RolePolicy(
    `${name}-flow-policy`,
    {
      role: role.name,
      policy: policyOf([
        allow(
          actions.map((action) => `logs:${action}`),
          [logs.arn, pulumi.interpolate`${logs.arn}:*`],
        ),
      ]),
    },
    child,
  );
  new aws.ec2.FlowLog(
    `${name}-flow`,
    { vpcId, trafficType: "ALL", logDestination: logs.arn, iamRoleArn: role.arn, maxAggregationInterval: 600 },
    { ...child, dependsOn: policy },
  );
}
