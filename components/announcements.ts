import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../settings.ts";
import { Actor } from "./actor.ts";
import type { Bucket } from "./bucket.ts";
import type { Bundles } from "./bundles.ts";
import type { Replica } from "./catalog.ts";
import type { Listener } from "./listener.ts";
import type { Network } from "./network.ts";
import { lanesOf } from "./pace.ts";
import { allow, denyPlainText, policyOf } from "./statement.ts";
import { reaching, StatusTrigger } from "./status-trigger.ts";
import { watchTopic } from "./watch-topic.ts";

export interface AnnouncementsArgs {
  settings: Settings;
  bundles: Bundles;
  catalog: Replica;
  /** Keeps the changes that could not be told. */
  deadLetters: Bucket;
  /** Where its function runs. @default in no network of ours */
  network?: Network;
  /** Topic that hears the alarms. @default no alarms */
  alarmTopicArn?: pulumi.Input<string>;
}

/**
 * A topic that is told of every change of a picture's status, by a function that reads the table's
 * stream. Nobody else tells it anything: an actor that wrote and then died before telling would leave
 * its picture standing.
 */
export class Announcements extends pulumi.ComponentResource {
  readonly topicArn: pulumi.Output<string>;
  /** Everybody who is told of it. */
  readonly listeners: Listener[] = [];
  readonly #args: AnnouncementsArgs;

  constructor(name: string, args: AnnouncementsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:Announcements", name, {}, opts);
    const child = { parent: this };
    // AWS's own key: only a role of this account publishes. To the queues, which SQS encrypts itself, it means nothing.
    const topic = new aws.sns.Topic(`${name}-topic`, { kmsMasterKeyId: "alias/aws/sns" }, child);
    new aws.sns.TopicPolicy(
      `${name}-policy`,
      { arn: topic.arn, policy: policyOf([denyPlainText("sns:Publish", topic.arn)]) },
      child,
    );
    this.topicArn = topic.arn;
    this.#args = args;
    if (args.alarmTopicArn !== undefined) watchTopic(name, topic.name, args.alarmTopicArn, child);
  }

  /** To be called once all listen: what was told before, nobody would have heard. */
  begin(): void {
    const { settings, bundles, catalog, deadLetters, network, alarmTopicArn } = this.#args;
    const child = { parent: this };
    const actor = new Actor(
      "announce",
      {
        code: bundles.of("announce"),
        memoryMegabytes: 512,
        timeoutSeconds: 30,
        environment: { ENVIRONMENT: settings.environment, TOPIC: this.topicArn },
        grants: [allow(["sns:Publish"], this.topicArn)],
        network,
        logRetentionDays: settings.retention.logsDays,
        reservedConcurrency: settings.concurrency.announce,
        alarmTopicArn,
      },
      child,
    );
    new StatusTrigger(
      "announce-trigger",
      {
        actor,
        catalog,
        homes: [settings.region],
        status: { called: "changes to announce", pattern: heardOf(this.listeners) },
        after: this.listeners,
        deadLetters,
        // As many as SNS takes at once.
        batchSize: 10,
        // No change is to blame for it that a topic cannot be told: the next ones could not be either.
        retries: 20,
        parallel: lanesOf(settings.concurrency.announce),
      },
      child,
    );
    this.registerOutputs({ topicArn: this.topicArn });
  }
}

/** What somebody listens for. Of pictures published, which have a filter of their own, only what is news. */
function heardOf(listeners: readonly Listener[]): object[] {
  const [news, steps] = [true, false].map((isNews) =>
    listeners.filter(({ status }) => (status === "published") === isNews),
  ) as [Listener[], Listener[]];
  return [steps, news]
    .filter(({ length }) => length > 0)
    .map((some) =>
      reaching([...new Set(some.map(({ status }) => status))], [...new Set(some.flatMap(({ homes }) => homes))]),
    );
}
