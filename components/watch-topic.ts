import type * as pulumi from "@pulumi/pulumi";
import { watch } from "./alarms.ts";

/** Rings when a topic could not deliver something, and when it could not even put that aside. */
export function watchTopic(
  name: string,
  topicName: pulumi.Output<string>,
  alarmTopicArn: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): void {
  const sns = { namespace: "AWS/SNS", dimensions: { TopicName: topicName }, statistic: "Sum", above: 0 } as const;
  watch(
    `${name}-failed`,
    {
      ...sns,
      description: "Changes could not be delivered to the queue of their actor, and were put aside.",
      runbook: "unheard",
      metric: "NumberOfNotificationsFailed",
    },
    alarmTopicArn,
    opts,
  );
  watch(
    `${name}-lost`,
    {
      ...sns,
      description: "Changes could neither be delivered to the queue of their actor nor put aside.",
      runbook: "unheard",
      metric: "NumberOfNotificationsFailedToRedriveToDlq",
    },
    alarmTopicArn,
    opts,
  );
}
