import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../settings.ts";
import { Actor } from "./actor.ts";
import { watch } from "./alarms.ts";
import type { Bucket } from "./bucket.ts";
import type { Bundles } from "./bundles.ts";
import type { Catalog } from "./catalog.ts";
import { keepFailedCalls, leaveToKeep } from "./failed-calls.ts";
import type { Queue } from "./queue.ts";
import { Schedule } from "./schedule.ts";

export interface ReconcilerArgs {
  settings: Settings;
  bundles: Bundles;
  catalog: Catalog;
  incoming: Bucket;
  /** Wakes ingest. */
  intake: Queue;
  /** Keeps the calls that failed. */
  deadLetters: Bucket;
  /** Topic that hears the alarms. @default no alarms */
  alarmTopicArn?: pulumi.Input<string>;
}

/**
 * Minutes after which what does not move is helped on, once for each. The first is longer than all
 * usual tries take together; the others outlast an outage of some hours, and of a night.
 */
const turns = { objects: [5, 60, 360, 1440], records: [30, 60, 360, 1440] };

/** Finds what was lost on its way or stands still, and puts it back on it. */
export class Reconciler extends pulumi.ComponentResource {
  constructor(name: "reconcile", args: ReconcilerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:Reconciler", name, {}, opts);
    const child = { parent: this };
    const { settings, bundles, catalog, incoming, intake, deadLetters, alarmTopicArn } = args;
    const actor = new Actor(
      name,
      {
        code: bundles.of("reconcile"),
        memoryMegabytes: 512,
        timeoutSeconds: 300,
        environment: {
          CATALOG_TABLE: catalog.name,
          ENVIRONMENT: settings.environment,
          INCOMING_BUCKET: incoming.name,
          INTAKE_QUEUE_URL: intake.url,
          TURNS: JSON.stringify(turns),
        },
        grants: [
          catalog.grant("GetItem", "PutItem", "UpdateItem"),
          catalog.grantListing("by-entry"),
          incoming.grant("GetObject", "*"),
          incoming.grantListing(),
          intake.grant("SendMessage"),
          ...leaveToKeep(deadLetters),
        ],
        logRetentionDays: settings.retention.logsDays,
        reservedConcurrency: settings.concurrency.reconcile,
        alarmTopicArn,
      },
      child,
    );
    // The schedule calls again soon.
    keepFailedCalls(name, { actor, deadLetters, retries: 1, hours: 1 }, child);
    const description = "Looks for pictures that were lost on their way or stand still";
    new Schedule(name, { description, actor, when: "15 minutes", input: { reconcile: true } }, child);
    if (alarmTopicArn !== undefined)
      watch(
        `${name}-stuck`,
        {
          description: "Pictures stand still though they were woken again and again. `darkroom status` says which.",
          namespace: "Darkroom",
          runbook: "stuck",
          metric: "Stuck",
          dimensions: { Environment: settings.environment },
          statistic: "Maximum",
          above: 0,
          // Measured every quarter of an hour: what was last said holds.
          missing: "ignore",
        },
        alarmTopicArn,
        child,
      );
    this.registerOutputs();
  }
}
