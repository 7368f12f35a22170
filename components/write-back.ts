import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../settings.ts";
import { Actor } from "./actor.ts";
import type { Announcements } from "./announcements.ts";
import type { Bucket } from "./bucket.ts";
import type { Bundles } from "./bundles.ts";
import type { Replica } from "./catalog.ts";
import { leaveToKeep } from "./failed-calls.ts";
import type { Network } from "./network.ts";
import { Schedule } from "./schedule.ts";
import type { Statement } from "./statement.ts";
import { StatusTrigger } from "./status-trigger.ts";

export interface WriteBackArgs {
  settings: Settings;
  /** Where the pictures came from, and their results go. */
  source: Settings["sources"][number];
  /** Version of the source's credentials; empty where the role's own are enough. */
  secretVersion: pulumi.Input<string>;
  /** The source is reached by the internet. */
  internet: boolean;
  /** How it gets into the source. */
  entry: Statement[];
  bundles: Bundles;
  catalog: Replica;
  published: Bucket;
  /** Keeps the changes that could not be worked on. */
  deadLetters: Bucket;
  /** Where its functions run. @default in no network of ours */
  network?: Network;
  /** Where what was published is announced. @default nowhere: the catalog's stream tells of it */
  announcements?: Announcements;
  /** Topic that hears the alarms. @default no alarms */
  alarmTopicArn?: pulumi.Input<string>;
}

/** Puts the results of a source's pictures beside the originals, once they are published. */
export class WriteBack extends pulumi.ComponentResource {
  constructor(name: `write-back-${string}`, args: WriteBackArgs, opts?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:WriteBack", name, {}, opts);
    const child = { parent: this };
    const { settings, source, bundles, catalog, published, deadLetters, announcements, alarmTopicArn } = args;
    const actor = new Actor<"write-back">(
      name,
      {
        code: bundles.of("write-back"),
        memoryMegabytes: 512,
        timeoutSeconds: 300,
        environment: {
          CATALOG_TABLE: catalog.name,
          ENVIRONMENT: settings.environment,
          REGIONS: JSON.stringify(settings.regions),
          PUBLISHED_BUCKET: published.name,
          SOURCE: JSON.stringify(source),
          SOURCE_SECRET: args.secretVersion,
        },
        grants: [
          // What the source has not taken yet is looked for, and struck off.
          catalog.grant("GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query"),
          published.grant("GetObject", "*"),
          // Without it a rendition that was forgotten meanwhile is "forbidden".
          published.grantListing(),
          // The stream's mapping brings it along.
          ...(announcements ? leaveToKeep(deadLetters) : []),
          ...args.entry,
        ],
        logRetentionDays: settings.retention.logsDays,
        network: args.network,
        internet: args.internet,
        alarmTopicArn,
      },
      child,
    );
    const trigger = new StatusTrigger(
      `${name}-trigger`,
      {
        actor,
        catalog,
        announcements,
        status: "published",
        source: source.name,
        // Those that another Region took over as well: none of the others writes back.
        homes: settings.regions,
        deadLetters,
        batchSize: 1,
        // A source is often told to have results long after its pictures came.
        onlyNew: true,
        // Few at once, which is kind to the source; and it may be away for a while.
        parallel: 2,
        retries: 20,
      },
      child,
    );
    new aws.lambda.FunctionEventInvokeConfig(
      `${name}-calls`,
      {
        functionName: actor.functionName,
        // The schedule calls again soon.
        maximumRetryAttempts: 1,
        maximumEventAgeInSeconds: 3600,
        destinationConfig: { onFailure: { destination: deadLetters.arn } },
      },
      // The leave to write there comes with the trigger, or with the function.
      { ...child, dependsOn: trigger },
    );
    const description = `Writes back what the source ${source.name} did not take before`;
    // A short name: a schedule takes 64 characters.
    new Schedule(
      `redo-${source.name}`,
      { description, actor, when: "15 minutes", input: { catchUp: source.name } },
      child,
    );
    this.registerOutputs();
  }
}
