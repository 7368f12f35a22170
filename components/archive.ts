import * as pulumi from "@pulumi/pulumi";
import type { Keeping } from "../handlers/reminder.ts";
import type { Settings } from "../settings.ts";
import { Actor } from "./actor.ts";
import type { Bucket } from "./bucket.ts";
import type { Bundles } from "./bundles.ts";
import type { Catalog } from "./catalog.ts";
import { Intake } from "./intake.ts";
import type { Statement } from "./statement.ts";
import { StatusTrigger } from "./status-trigger.ts";

export interface ArchiveArgs {
  settings: Settings;
  bundles: Bundles;
  catalog: Catalog;
  /** Where originals are until they are archived. */
  working: Bucket;
  /** Where they are from then on. */
  archived: Bucket;
  /** Keeps the changes that could not be worked on. */
  deadLetters: Bucket;
  /** Topic that hears the alarms. @default no alarms */
  alarmTopicArn?: pulumi.Input<string>;
}

/** Has originals go when their time has come, to the archive or for good, and brings them back when they are asked for. */
export class Archive extends pulumi.ComponentResource {
  /** Wakes restore when S3 has read what is wanted back. */
  readonly thawed: Intake;

  constructor(name: string, args: ArchiveArgs, opts?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:Archive", name, {}, opts);
    const child = { parent: this };
    const { settings, bundles, catalog, working, archived, deadLetters, alarmTopicArn } = args;
    const { region, archive: wanted, concurrency } = settings;
    const originals = "originals/*";
    const shared = {
      // S3 copies up to 500 MB by itself, which takes a while.
      memoryMegabytes: 512,
      timeoutSeconds: 120,
      logRetentionDays: settings.retention.logsDays,
      alarmTopicArn,
    };
    const common = {
      CATALOG_TABLE: catalog.name,
      ENVIRONMENT: settings.environment,
      WORKING_BUCKET: working.name,
      ARCHIVE_BUCKET: archived.name,
    };
    const both = [
      catalog.grant("GetItem", "PutItem", "UpdateItem"),
      ...[working, archived].flatMap((bucket) => [
        bucket.grant("GetObject", originals),
        // Without it S3 says "forbidden" of what is not there.
        bucket.grantListing(),
      ]),
    ];
    const fromStream = { catalog, region, deadLetters, batchSize: 1 };

    const archive = new Actor(
      "archive",
      {
        ...shared,
        code: bundles.of("archive"),
        environment: { ...common, KEEPING: keepingOf(settings), STORAGE_CLASS: wanted?.class ?? "" },
        grants: [
          ...both,
          working.grant("DeleteObject", originals),
          ...(wanted ? [inClass(wanted.class, archived.grant("PutObject", originals))] : []),
        ],
        reservedConcurrency: concurrency.archive,
      },
      child,
    );
    new StatusTrigger(
      "archive-trigger",
      { ...fromStream, actor: archive, status: { called: "reminders that ran out", pattern: ranOut(region) } },
      child,
    );

    const restore = new Actor(
      "restore",
      {
        ...shared,
        code: bundles.of("restore"),
        environment: common,
        grants: [...both, working.grant("PutObject", originals), archived.grant("RestoreObject", originals)],
        reservedConcurrency: concurrency.restore,
      },
      child,
    );
    new StatusTrigger(
      "restore-trigger",
      { ...fromStream, actor: restore, status: { called: "originals wanted back", pattern: wantedBack(region) } },
      child,
    );
    this.thawed = new Intake(
      "thawed",
      { incoming: archived, event: "Object Restore Completed", actor: restore, concurrency: concurrency.restore },
      child,
    );
    this.registerOutputs();
  }
}

/** How long originals stay where they are, as the functions are told. */
export const keepingOf = ({ archive, retention }: Settings): string =>
  JSON.stringify({
    publishedDays: archive?.afterDays ?? null,
    rejectedDays: retention.rejectedDays,
  } satisfies Keeping);

/** Only what DynamoDB deleted itself, and not what somebody did. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html */
const ranOut = (region: string) => ({
  eventName: ["REMOVE"],
  userIdentity: { type: ["Service"], principalId: ["dynamodb.amazonaws.com"] },
  dynamodb: { Keys: { sk: { S: ["remind"] } }, OldImage: { homeRegion: { S: [region] } } },
});

const wantedBack = (region: string) => ({
  eventName: ["MODIFY"],
  dynamodb: {
    Keys: { sk: { S: ["record"] } },
    NewImage: {
      status: { S: ["published"] },
      homeRegion: { S: [region] },
      archive: { M: { restoring: { M: { at: { S: [{ exists: true }] } } } } },
    },
  },
});

/** A copy in another class would be dearer by far, and nobody would see it. */
const inClass = (storageClass: string, statement: Statement): Statement => ({
  ...statement,
  Condition: { StringEquals: { "s3:x-amz-storage-class": storageClass } },
});
