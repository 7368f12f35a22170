import * as pulumi from "@pulumi/pulumi";
import type { Status } from "../handlers/record.ts";
import type { Settings } from "../settings.ts";
import { Actor, type ActorName } from "./actor.ts";
import type { Announcements } from "./announcements.ts";
import { keepingOf } from "./archive.ts";
import type { Bucket } from "./bucket.ts";
import type { Bundles } from "./bundles.ts";
import type { Replica } from "./catalog.ts";
import type { Cdn } from "./cdn.ts";
import { costsOf, watchBudgets } from "./costs.ts";
import { Intake } from "./intake.ts";
import type { Network } from "./network.ts";
import { lanesOf } from "./pace.ts";
import { Reconciler } from "./reconciler.ts";
import type { Secret } from "./secret.ts";
import { allow, type Statement } from "./statement.ts";
import { StatusTrigger, type StatusTriggerArgs } from "./status-trigger.ts";

export interface PipelineArgs extends Rooms {
  settings: Settings;
  bundles: Bundles;
  catalog: Replica;
  deadLetters: Bucket;
  /** Where what wakes the chain is announced. @default nowhere: the catalog's stream wakes it */
  announcements?: Announcements;
  /** The other Regions' buckets. */
  elsewhere: readonly BucketsOfRegion[];
  /** Shows the published bucket. */
  cdn: Cdn;
  /** Absent when tinify does not compress. */
  tinifyKey?: Secret;
  /** Absent when no HTTP moderator needs one. */
  moderatorToken?: Secret;
  /** Where its functions run. @default in no network of ours */
  network?: Network;
  /** Topic that hears the alarms. @default no alarms */
  alarmTopicArn?: pulumi.Input<string>;
}

/** What a picture may lie in. */
export type Rooms = Record<"incoming" | "working" | "quarantine" | "published" | "archived", Bucket>;
export type BucketsOfRegion = Rooms & { readonly region: string };

/**
 * The chain of one Region: ingest → moderate → resize → compress → publish, each woken by what the
 * one before wrote; and forget, when somebody wants a picture gone; and
 * the reconciler, which finds what was lost between them.
 */
export class Pipeline extends pulumi.ComponentResource {
  readonly intake: Intake;

  constructor(name: string, args: PipelineArgs, opts?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:Pipeline", name, {}, opts);
    const child = { parent: this };
    const { settings, bundles, catalog, incoming, working, quarantine, published, archived, deadLetters } = args;
    const { announcements, elsewhere } = args;
    const { concurrency, moderation } = settings;

    const common = {
      CATALOG_TABLE: catalog.name,
      ENVIRONMENT: settings.environment,
      REGIONS: JSON.stringify(settings.regions),
      WORKING_BUCKET: working.name,
    };
    const LIMITS = JSON.stringify(settings.limits);
    const COSTS = costsOf(settings);
    const KEEPING = keepingOf(settings);
    const RENDITIONS = JSON.stringify(settings.renditions);
    const records = catalog.grant("GetItem", "PutItem", "UpdateItem");
    // What another Region says of this one, and of a picture that it may have taken over.
    const peers = catalog.grantElsewhere("GetItem");
    const layers = [bundles.sharpLayerArn];
    const shared = (actor: Exclude<ActorName, "write-back" | "digest" | "export" | "announce" | "discover">) => ({
      code: bundles.of(actor),
      logRetentionDays: settings.retention.logsDays,
      reservedConcurrency: concurrency[actor],
      network: args.network,
      alarmTopicArn: args.alarmTopicArn,
    });
    // One picture at a time where pixels are decoded, so that one that kills the process takes no other with it.
    const wake = (actor: Actor<ActorName>, on: Step, status: Status, pace: Partial<StatusTriggerArgs> = {}) =>
      new StatusTrigger(
        `${on}-trigger`,
        {
          actor,
          catalog,
          status,
          deadLetters,
          homes: [settings.region],
          batchSize: 1,
          // A topic's queues have no lanes: what is reserved is their limit.
          parallel: announcements === undefined ? lanesOf(concurrency[on]) : undefined,
          announcements,
          ...pace,
        },
        child,
      );

    const ingest = new Actor(
      "ingest",
      {
        ...shared("ingest"),
        layers,
        memoryMegabytes: 1769,
        timeoutSeconds: 60,
        environment: { ...common, INCOMING_BUCKET: incoming.name, QUARANTINE_BUCKET: quarantine.name, LIMITS },
        grants: [
          records,
          // The claim that a forgotten picture left on the same content.
          catalog.grant("DeleteItem"),
          incoming.grant("GetObject", "*"),
          incoming.grantListing(),
          working.grant("PutObject", "originals/*"),
          // The copy of what turns out to be a duplicate.
          working.grant("DeleteObject", "originals/*"),
          quarantine.grant("PutObject", "*"),
        ],
      },
      child,
    );
    this.intake = new Intake("intake", { incoming, actor: ingest, concurrency: concurrency.ingest }, child);

    const moderate = new Actor(
      "moderate",
      {
        ...shared("moderate"),
        internet: [moderation.screen, moderation.escalate].includes("http"),
        layers,
        memoryMegabytes: 1769,
        timeoutSeconds: 60,
        environment: {
          ...common,
          KEEPING,
          LIMITS,
          MODERATION: JSON.stringify(moderation),
          COSTS,
          MODERATOR_SECRET: args.moderatorToken?.version ?? "",
        },
        grants: [
          records,
          ...peers,
          working.grant("GetObject", "originals/*"),
          working.grant("PutObject", "previews/*"),
          ...(args.moderatorToken ? [args.moderatorToken.grant()] : []),
          ...([moderation.screen, moderation.escalate].includes("rekognition") ? [askRekognition] : []),
        ],
      },
      child,
    );
    wake(moderate, "moderate", "received");

    const resize = new Actor(
      "resize",
      {
        ...shared("resize"),
        layers,
        memoryMegabytes: 3008,
        timeoutSeconds: 120,
        environment: { ...common, KEEPING, LIMITS, RENDITIONS },
        grants: [records, ...peers, working.grant("GetObject", "originals/*"), working.grant("PutObject", "resized/*")],
      },
      child,
    );
    wake(resize, "resize", "accepted");

    const compress = new Actor(
      "compress",
      {
        ...shared("compress"),
        internet: settings.compression.kind === "tinify",
        layers,
        memoryMegabytes: 3008,
        timeoutSeconds: 180,
        environment: {
          ...common,
          KEEPING,
          COMPRESSION: JSON.stringify(settings.compression),
          COSTS,
          PUBLISHED_URL: args.cdn.url,
          TINIFY_SECRET: args.tinifyKey?.version ?? "",
        },
        grants: [
          records,
          ...peers,
          working.grant("GetObject", "resized/*"),
          working.grant("DeleteObject", "resized/*"),
          working.grant("PutObject", "compressed/*"),
          ...(args.tinifyKey ? [args.tinifyKey.grant()] : []),
        ],
      },
      child,
    );
    wake(compress, "compress", "resized");

    const publish = new Actor(
      "publish",
      {
        ...shared("publish"),
        memoryMegabytes: 512,
        timeoutSeconds: 60,
        environment: { ...common, KEEPING, PUBLISHED_BUCKET: published.name, RENDITIONS },
        grants: [
          records,
          ...peers,
          working.grant("GetObject", "compressed/*"),
          working.grant("DeleteObject", "compressed/*"),
          published.grant("PutObject", "*"),
        ],
      },
      child,
    );
    wake(publish, "publish", "compressed", { batchSize: 10 });

    const forget = new Actor(
      "forget",
      {
        ...shared("forget"),
        memoryMegabytes: 512,
        timeoutSeconds: 60,
        environment: {
          ...common,
          INCOMING_BUCKET: incoming.name,
          PUBLISHED_BUCKET: published.name,
          QUARANTINE_BUCKET: quarantine.name,
          ARCHIVE_BUCKET: archived.name,
          DISTRIBUTION_ID: args.cdn.distributionId,
          ELSEWHERE: pulumi.jsonStringify(elsewhere.map(namesOf)),
        },
        grants: [
          records,
          ...peers,
          // The claim on its content, and its reminder.
          catalog.grant("DeleteItem"),
          ...[args, ...elsewhere].flatMap(leaveToForget),
          allow(["cloudfront:CreateInvalidation"], args.cdn.distributionArn),
        ],
      },
      child,
    );
    // CloudFront clears few prefixes at a time; the others wait for their turn.
    // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
    wake(forget, "forget", "forgetting", { parallel: 1, retries: 100 });

    new Reconciler("reconcile", { ...args, intake: this.intake.queue }, child);
    if (args.alarmTopicArn !== undefined) watchBudgets(settings, args.alarmTopicArn, child);
    this.registerOutputs();
  }
}

type Step = "moderate" | "resize" | "compress" | "publish" | "forget";

// Rekognition knows no resources to narrow this to.
const askRekognition = allow(["rekognition:DetectModerationLabels"], "*");

const leaveToForget = ({ incoming, working, quarantine, published, archived }: Rooms): Statement[] => [
  // A key that somebody chose may hold another picture by now: it is looked at first.
  incoming.grant("GetObject", "*"),
  incoming.grantListing(),
  incoming.grant("DeleteObject", "*"),
  ...[working, quarantine, published, archived].flatMap((bucket) => bucket.grantErasing()),
];

const namesOf = ({ region, incoming, working, quarantine, published, archived }: BucketsOfRegion) => ({
  region,
  incoming: incoming.name,
  working: working.name,
  quarantine: quarantine.name,
  published: published.name,
  archived: archived.name,
});
