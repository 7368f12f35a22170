import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../settings.ts";
import { Actor } from "./actor.ts";
import type { Bucket } from "./bucket.ts";
import type { Bundles } from "./bundles.ts";
import type { Catalog } from "./catalog.ts";
import { costsOf } from "./costs.ts";
import { keepFailedCalls, leaveToKeep } from "./failed-calls.ts";
import type { Mail } from "./mail.ts";
import { Schedule } from "./schedule.ts";

export interface DigestArgs {
  settings: Settings;
  /** Who is mailed, and when. */
  digest: NonNullable<Settings["digest"]>;
  bundles: Bundles;
  catalog: Catalog;
  mail: Mail;
  /** Keeps the calls that failed. */
  deadLetters: Bucket;
  /** Address of the page, without a slash at the end. */
  siteUrl: pulumi.Input<string>;
  /** Topic that hears the alarms. @default no alarms */
  alarmTopicArn?: pulumi.Input<string>;
}

/** Mails the figures of the day before, once a day and to whom the settings name. */
export class Digest extends pulumi.ComponentResource {
  readonly functionArn: pulumi.Output<string>;

  constructor(name: string, args: DigestArgs, opts?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:Digest", name, {}, opts);
    const child = { parent: this };
    const { settings, digest, bundles, catalog, mail, deadLetters, siteUrl, alarmTopicArn } = args;
    const actor = new Actor(
      "digest",
      {
        code: bundles.of("digest"),
        // Draws a small chart.
        layers: [bundles.sharpLayerArn],
        memoryMegabytes: 1024,
        // Two days' records are read, however many there are.
        timeoutSeconds: 300,
        environment: {
          CATALOG_TABLE: catalog.name,
          ENVIRONMENT: settings.environment,
          DIGEST: JSON.stringify(digest),
          MAIL: JSON.stringify(settings.mail),
          COSTS: costsOf(settings),
          SITE_URL: siteUrl,
          SOURCES: JSON.stringify(settings.sources.map(({ name, kind, every }) => ({ name, kind, every }))),
        },
        grants: [
          catalog.grantListing("by-entry"),
          // How the sources stand, what was paid, and which mails were sent.
          catalog.grant("Query", "GetItem", "PutItem", "DeleteItem"),
          mail.grant(),
          ...leaveToKeep(deadLetters),
        ],
        logRetentionDays: settings.retention.logsDays,
        alarmTopicArn,
      },
      child,
    );
    keepFailedCalls(name, { actor, deadLetters, retries: 2, hours: 6 }, child);
    const description = "Mails the figures of the day before";
    new Schedule(name, { description, actor, when: digest.at, input: { day: "last" } }, child);
    this.functionArn = actor.functionArn;
    this.registerOutputs({ functionArn: this.functionArn });
  }
}
