import * as pulumi from "@pulumi/pulumi";
import type { Keeping } from "../handlers/reminder.ts";
import type { Settings } from "../settings.ts";
import { Actor } from "./actor.ts";
import type { Bucket } from "./bucket.ts";
import type { Bundles } from "./bundles.ts";
import type { Replica } from "./catalog.ts";
import { Intake } from "./intake.ts";
import type { Network } from "./network.ts";
import { besideStream, lanesOf } from "./pace.ts";
import type { Statement } from "./statement.ts";
import { StatusTrigger } from "./status-trigger.ts";

export interface ArchiveArgs {
  settings: Settings;
  bundles: Bundles;
  catalog: Replica;
  /** Where originals are until they are archived. */
  working: Bucket;
  /** Where they are from then on. */
  archived: Bucket;
  /** Keeps the changes that could not be worked on. */
  deadLetters: Bucket;
  /** Where its functions run. @default in no network of ours */
  network?: Network;
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
    const arrival = wanted && (movedTo(settings) === undefined ? wanted.class : "STANDARD");
    const shared = {
      // S3 copies up to 500 MB by itself, which takes a while.
      memoryMegabytes: 512,
      timeoutSeconds: 120,
      logRetentionDays: settings.retention.logsDays,
      network: args.network,
      alarmTopicArn,
    };
    const common = {
      CATALOG_TABLE: catalog.name,
      ENVIRONMENT: settings.environment,
      REGIONS: JSON.stringify(settings.regions),
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
    const fromStream = { catalog, homes: [region], deadLetters, batchSize: 1 };

    const archive = new Actor(
      "archive",
      {
        ...shared,
        code: bundles.of("archive"),
        environment: {
          ...common,
          KEEPING: keepingOf(settings),
          STORAGE_CLASS: wanted?.class ?? "",
          ARRIVAL_CLASS: arrival ?? "",
        },
        grants: [
          ...both,
          working.grant("DeleteObject", originals),
          ...(arrival ? [inClass(arrival, archived.grant("PutObject", originals))] : []),
        ],
        reservedConcurrency: concurrency.archive,
      },
      child,
    );
    new StatusTrigger(
      "archive-trigger",
      {
        ...fromStream,
        actor: archive,
        status: { called: "reminders that ran out", pattern: ranOut(region, settings.regions.length > 1) },
        parallel: lanesOf(concurrency.archive),
      },
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
      {
        ...fromStream,
        actor: restore,
        status: { called: "originals wanted back", pattern: wantedBack(region) },
        // Its queue wakes it as well.
        parallel: concurrency.restore === undefined ? undefined : 1,
      },
      child,
    );
    this.thawed = new Intake(
      "thawed",
      {
        incoming: archived,
        event: "Object Restore Completed",
        actor: restore,
        concurrency: besideStream(concurrency.restore),
      },
      child,
    );
    this.registerOutputs();
  }
}

/**
 * Storage class to which S3 moves what is archived, once it has replicated it: out of these two it
 * replicates nothing. https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-what-is-isnot-replicated.html
 */
export const movedTo = ({ archive, regions }: Settings): string | undefined =>
  archive && regions.length > 1 && archive.class !== "GLACIER_IR" ? archive.class : undefined;

/** How long originals stay where they are, as the functions are told. */
export const keepingOf = ({ archive, retention }: Settings): string =>
  JSON.stringify({
    publishedDays: archive?.afterDays ?? null,
    rejectedDays: retention.rejectedDays,
  } satisfies Keeping);

/**
 * Only what DynamoDB deleted itself, and not what somebody did. Of a table in several Regions any of them may have
 * done so, and the others' streams do not say: the archive looks at the record, and leaves what is not due.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html
 */
const ranOut = (region: string, isReplicated: boolean) => ({
  eventName: ["REMOVE"],
  ...(!isReplicated && { userIdentity: { type: ["Service"], principalId: ["dynamodb.amazonaws.com"] } }),
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
