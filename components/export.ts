import * as pulumi from "@pulumi/pulumi";
import type { ExportPlace } from "../handlers/env.ts";
import type { Settings } from "../settings.ts";
import { Actor } from "./actor.ts";
import { AthenaTables } from "./athena-tables.ts";
import { Bucket } from "./bucket.ts";
import type { Bundles } from "./bundles.ts";
import type { Catalog } from "./catalog.ts";
import { keepFailedCalls, leaveToKeep } from "./failed-calls.ts";
import { Schedule } from "./schedule.ts";
import { allow, type Statement } from "./statement.ts";

export interface ExportArgs {
  settings: Settings;
  /** When, and how many days back. */
  export: NonNullable<Settings["export"]>;
  bundles: Bundles;
  catalog: Catalog;
  /** Keeps the calls that failed. */
  deadLetters: Bucket;
  /** Topic that hears the alarms. @default no alarms */
  alarmTopicArn?: pulumi.Input<string>;
}

/** Writes the catalog to a bucket once a day, where Athena reads it, and Tableau by Athena. */
export class Export extends pulumi.ComponentResource {
  /** What the API tells of it. */
  readonly place: pulumi.Output<ExportPlace>;
  /** What the API needs, to ask for exports and hand them out. */
  readonly grants: Statement[];

  constructor(name: string, args: ExportArgs, opts?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:Export", name, {}, opts);
    const child = { parent: this };
    const { settings, bundles, catalog, deadLetters, alarmTopicArn } = args;
    const bucket = new Bucket(
      "exports",
      {
        // All of it can be made again from the catalog.
        protect: false,
        expire: ["results/", "asked/"].map((prefix) => ({ prefix, days: 7 })),
      },
      child,
    );
    const actor = new Actor(
      "export",
      {
        code: bundles.of("export"),
        memoryMegabytes: 1024,
        // As long as a function can take: the days' records are all read, however many there are.
        timeoutSeconds: 900,
        environment: {
          CATALOG_TABLE: catalog.name,
          ENVIRONMENT: settings.environment,
          EXPORTS_BUCKET: bucket.name,
          EXPORT: JSON.stringify(args.export),
        },
        grants: [
          catalog.grantListing("by-entry"),
          // The days of which something left.
          catalog.grant("Query", "DeleteItem"),
          ...bundles
            .tables()
            .flatMap((table) => [
              bucket.grant("PutObject", `${table.name}/*`),
              bucket.grant("AbortMultipartUpload", `${table.name}/*`),
            ]),
          bucket.grant("PutObject", "asked/*"),
          ...leaveToKeep(deadLetters),
        ],
        logRetentionDays: settings.retention.logsDays,
        alarmTopicArn,
      },
      child,
    );
    keepFailedCalls(name, { actor, deadLetters, retries: 2, hours: 6 }, child);
    const description = "Exports the catalog's last days";
    new Schedule(name, { description, actor, when: args.export.at, input: {} }, child);
    const { database, workgroup } = new AthenaTables(`${name}-athena`, { tables: bundles.tables(), bucket }, child);

    this.place = pulumi.output({
      function: actor.functionArn,
      bucket: bucket.name,
      region: settings.region,
      database,
      workgroup,
    });
    this.grants = [
      allow(["lambda:InvokeFunction"], actor.functionArn),
      bucket.grant("PutObject", "asked/*"),
      // What it signs for others, it must be allowed itself.
      ...["asked", ...bundles.tables().map((table) => table.name)].map((folder) =>
        bucket.grant("GetObject", `${folder}/*`),
      ),
      // An export that is not there is no trouble.
      bucket.grantListing(),
    ];
    this.registerOutputs({ place: this.place });
  }
}
