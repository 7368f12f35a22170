import * as pulumi from "@pulumi/pulumi";
import type { Status } from "../handlers/record.ts";
import type { Settings } from "../settings.ts";
import { Actor, type ActorName } from "./actor.ts";
import type { Bucket } from "./bucket.ts";
import type { Bundles } from "./bundles.ts";
import type { Catalog } from "./catalog.ts";
import { Intake } from "./intake.ts";
import type { Secret } from "./secret.ts";
import { allow } from "./statement.ts";
import { StatusTrigger } from "./status-trigger.ts";

export interface PipelineArgs {
  settings: Settings;
  bundles: Bundles;
  catalog: Catalog;
  incoming: Bucket;
  working: Bucket;
  quarantine: Bucket;
  published: Bucket;
  deadLetters: Bucket;
  /** Address under which the published bucket is seen, without a slash at the end. */
  publishedUrl: pulumi.Input<string>;
  /** Absent when tinify does not compress. */
  tinifyKey?: Secret;
  /** Absent when no HTTP moderator needs one. */
  moderatorToken?: Secret;
  /** Topic that hears the alarms. @default no alarms */
  alarmTopicArn?: pulumi.Input<string>;
}

/** The chain of one Region: ingest → moderate → resize → compress → publish, each woken by what the one before wrote. */
export class Pipeline extends pulumi.ComponentResource {
  constructor(name: string, args: PipelineArgs, opts?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:Pipeline", name, {}, opts);
    const child = { parent: this };
    const { settings, bundles, catalog, incoming, working, quarantine, published, deadLetters } = args;
    const { concurrency, moderation } = settings;

    const common = { CATALOG_TABLE: catalog.name, ENVIRONMENT: settings.environment, WORKING_BUCKET: working.name };
    const LIMITS = JSON.stringify(settings.limits);
    const RENDITIONS = JSON.stringify(settings.renditions);
    const records = catalog.grant("GetItem", "PutItem", "UpdateItem");
    const layers = [bundles.sharpLayerArn];
    const shared = (actor: ActorName) => ({
      code: bundles.of(actor),
      logRetentionDays: settings.retention.logsDays,
      reservedConcurrency: concurrency[actor],
      alarmTopicArn: args.alarmTopicArn,
    });
    // One picture at a time where pixels are decoded, so that one that kills the process takes no other with it.
    const wake = (actor: Actor<ActorName>, on: string, status: Status, batchSize = 1) =>
      new StatusTrigger(
        `${on}-trigger`,
        { actor, catalog, status, region: settings.region, deadLetters, batchSize },
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
    new Intake("intake", { incoming, actor: ingest, concurrency: concurrency.ingest }, child);

    const moderate = new Actor(
      "moderate",
      {
        ...shared("moderate"),
        layers,
        memoryMegabytes: 1769,
        timeoutSeconds: 60,
        environment: {
          ...common,
          LIMITS,
          MODERATION: JSON.stringify(moderation),
          MODERATOR_SECRET: args.moderatorToken?.arn ?? "",
        },
        grants: [
          records,
          working.grant("GetObject", "originals/*"),
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
        environment: { ...common, LIMITS, RENDITIONS },
        grants: [records, working.grant("GetObject", "originals/*"), working.grant("PutObject", "resized/*")],
      },
      child,
    );
    wake(resize, "resize", "accepted");

    const compress = new Actor(
      "compress",
      {
        ...shared("compress"),
        layers,
        memoryMegabytes: 3008,
        timeoutSeconds: 180,
        environment: {
          ...common,
          COMPRESSION: JSON.stringify(settings.compression),
          PUBLISHED_URL: args.publishedUrl,
          TINIFY_SECRET: args.tinifyKey?.arn ?? "",
        },
        grants: [
          records,
          working.grant("GetObject", "resized/*"),
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
        environment: { ...common, PUBLISHED_BUCKET: published.name, RENDITIONS },
        grants: [records, working.grant("GetObject", "compressed/*"), published.grant("PutObject", "*")],
      },
      child,
    );
    wake(publish, "publish", "compressed", 10);
    this.registerOutputs();
  }
}

// Rekognition knows no resources to narrow this to.
const askRekognition = allow(["rekognition:DetectModerationLabels"], "*");
