import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../settings.ts";
import { Actor } from "./actor.ts";
import type { Bucket } from "./bucket.ts";
import type { Replica } from "./catalog.ts";
import type { Network } from "./network.ts";
import { StatusTrigger } from "./status-trigger.ts";

export interface CustomActorArgs {
  settings: Settings;
  /** What the stack says of it. */
  own: Settings["actors"][number];
  catalog: Replica;
  working: Bucket;
  published: Bucket;
  /** Keeps the changes that it could not work on. */
  deadLetters: Bucket;
  /** Where it runs, unless the internet is outside of it: nobody knows whom it calls. @default in no network of ours */
  network?: Network;
  /** Topic that hears the alarms. @default no alarms */
  alarmTopicArn?: pulumi.Input<string>;
}

/**
 * An actor of the stack's own, in any language: woken when a picture reaches a status, it may add one
 * attribute to the picture's record, `x-<name>`, and change nothing else of it. See docs/actors.md.
 */
export class CustomActor extends pulumi.ComponentResource {
  /** As the stack calls it. */
  readonly called: string;
  readonly functionArn: pulumi.Output<string>;
  readonly functionName: pulumi.Output<string>;

  constructor(name: `custom-${string}`, args: CustomActorArgs, opts?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:CustomActor", name, {}, opts);
    const child = { parent: this };
    const { settings, own, catalog, working, published, deadLetters, alarmTopicArn } = args;
    const attribute = `x-${own.name}`;
    const inWorking = own.reads.filter((what) => what !== "published");
    const isPublishedRead = own.reads.includes("published");
    const actor = new Actor<"custom">(
      name,
      {
        code: new pulumi.asset.FileArchive(own.code),
        runs: own,
        memoryMegabytes: own.memory,
        timeoutSeconds: own.timeout,
        environment: {
          ...own.environment,
          CATALOG_TABLE: catalog.name,
          ENVIRONMENT: settings.environment,
          ATTRIBUTE: attribute,
          ...(inWorking.length > 0 && { WORKING_BUCKET: working.name }),
          ...(isPublishedRead && { PUBLISHED_BUCKET: published.name }),
        },
        grants: [
          ...catalog.grantOwn(attribute),
          ...inWorking.map((folder) => working.grant("GetObject", `${folder}/*`)),
          ...(isPublishedRead ? [published.grant("GetObject", "*")] : []),
        ],
        network: args.network,
        internet: true,
        logRetentionDays: settings.retention.logsDays,
        alarmTopicArn,
      },
      child,
    );
    this.called = own.name;
    this.functionArn = actor.functionArn;
    this.functionName = actor.functionName;
    const trigger = new StatusTrigger(
      `${name}-trigger`,
      {
        actor,
        catalog,
        status: own.on,
        homes: [settings.region],
        deadLetters,
        // One picture a call, so that nobody has to know of batches: who fails fails with it alone.
        batchSize: 1,
        onArrival: true,
        // It is often thought of long after the first pictures came.
        onlyNew: true,
      },
      child,
    );
    // How `darkroom redrive` gives it a change again.
    new aws.lambda.FunctionEventInvokeConfig(
      `${name}-calls`,
      {
        functionName: actor.functionName,
        maximumRetryAttempts: 2,
        maximumEventAgeInSeconds: 6 * 3600,
        destinationConfig: { onFailure: { destination: deadLetters.arn } },
      },
      // The leave to write there comes with the trigger.
      { ...child, dependsOn: trigger },
    );
    this.registerOutputs();
  }
}
