import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../settings.ts";
import { Actor } from "./actor.ts";
import type { Announcements } from "./announcements.ts";
import type { Bucket } from "./bucket.ts";
import type { Bundles } from "./bundles.ts";
import type { Replica } from "./catalog.ts";
import type { Door } from "./door.ts";
import { keepFailedCalls, leaveToKeep } from "./failed-calls.ts";
import { isElsewhere, type Network } from "./network.ts";
import { callFrom, newObjects } from "./object-events.ts";
import type { Queue } from "./queue.ts";
import { Schedule } from "./schedule.ts";
import { Secret } from "./secret.ts";
import { allow, literal, type Statement } from "./statement.ts";
import { watchSource } from "./watch-source.ts";
import { feed, workQueue } from "./work-queue.ts";
import { WriteBack } from "./write-back.ts";

export interface SourcePullArgs {
  settings: Settings;
  /** Where the pictures come from. */
  source: SourceOptions;
  bundles: Bundles;
  catalog: Replica;
  incoming: Bucket;
  /** Where results to write back lie. */
  published: Bucket;
  /** Keeps the calls that failed. */
  deadLetters: Bucket;
  /** Where what was published is announced. @default nowhere: the catalog's stream tells of it */
  announcements?: Announcements;
  /** By which the source's service calls. */
  door: Door;
  /** Address of the page, without a slash at the end. */
  siteUrl: pulumi.Input<string>;
  /** Where its functions run. @default in no network of ours */
  network?: Network;
  /** Topic that hears the alarms. @default no alarms */
  alarmTopicArn?: pulumi.Input<string>;
}
type SourceOptions = Settings["sources"][number];

/**
 * One source's way in: a schedule calls the function, which queues the files that are new, and the
 * queue calls the same function to fetch them. Where the source can tell of changes, that calls the
 * function too. Sources share none of it, so that one's trouble is no other's.
 */
export class SourcePull extends pulumi.ComponentResource {
  readonly source: string;
  /** Files to fetch. */
  readonly files: Queue;
  /** Those that could not be had. */
  readonly deadLetters: Queue;

  constructor(name: `pull-${string}`, args: SourcePullArgs, opts?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:SourcePull", name, {}, opts);
    const child = { parent: this };
    const { settings, source, bundles, catalog, incoming, deadLetters, door, siteUrl, alarmTopicArn } = args;
    const value = settings.sourceSecrets[source.name];
    const description = `Credentials of the source ${source.name}`;
    const secret = value && new Secret(name, { value, description, protect: settings.protect }, child);
    const entry = secret ? [secret.grant(), ...proofOf(source)] : grantsOf(source);

    const rule = newObjects(name, source, settings, child);
    const sender = rule && { service: "events.amazonaws.com", arn: rule.arn };
    const timeoutSeconds = 300;
    const work = workQueue(name, { called: `${name}-files`, timeoutSeconds, sender }, child);
    const files = work.queue;
    this.source = source.name;
    this.files = files;
    this.deadLetters = work.deadLetters;
    if (rule) callFrom(name, rule, files, work.deadLetters, child);
    const internet = isElsewhere(source, settings.region);
    const reservedConcurrency = settings.concurrency.pull;
    const pulled = `pulled/${source.name}/*`;
    const actor = new Actor<"pull">(
      name,
      {
        code: bundles.of("pull"),
        memoryMegabytes: 512,
        timeoutSeconds,
        environment: {
          CATALOG_TABLE: catalog.name,
          ENVIRONMENT: settings.environment,
          REGIONS: JSON.stringify(settings.regions),
          INCOMING_BUCKET: incoming.name,
          LIMITS: JSON.stringify(settings.limits),
          SOURCE: JSON.stringify(source),
          SOURCE_SECRET: secret?.version ?? "",
          QUEUE_URL: files.url,
          HOOK_URL: pulumi.interpolate`${siteUrl}/hooks/${source.name}`,
        },
        grants: [
          catalog.grant("GetItem", "UpdateItem"),
          incoming.grant("PutObject", pulled),
          // Of a large file that could not be had whole, nothing is left.
          incoming.grant("AbortMultipartUpload", pulled),
          files.grant("SendMessage", "ReceiveMessage", "DeleteMessage", "GetQueueAttributes"),
          ...leaveToKeep(deadLetters),
          ...entry,
        ],
        logRetentionDays: settings.retention.logsDays,
        reservedConcurrency,
        network: args.network,
        internet,
        alarmTopicArn,
      },
      child,
    );
    // Few at once, which is kind to the source; of what is reserved, one stays free for the schedule's look
    // and one for the service's calls.
    const parallel = Math.min(5, (reservedConcurrency ?? 7) - 2);
    feed(work, { actor, leave: "grants", batchSize: 5, parallel }, child);
    // An old call is as good as the next one.
    keepFailedCalls(name, { actor, deadLetters, retries: 1, hours: 1 }, child);
    const looks = `Looks for new pictures in the source ${source.name}`;
    new Schedule(name, { description: looks, actor, when: source.every, input: { poll: source.name } }, child);
    if (callers.includes(source.kind)) door.route(name, { key: `ANY /hooks/${source.name}`, actor });
    if (source.writeBack !== undefined)
      new WriteBack(
        `write-back-${source.name}`,
        { ...args, secretVersion: secret?.version ?? "", internet, entry },
        child,
      );
    if (alarmTopicArn !== undefined) watchSource(name, source.name, settings.environment, alarmTopicArn, child);
    this.registerOutputs();
  }
}

/** Kinds whose services call. */
const callers: readonly string[] = ["dropbox", "google-drive", "azure-blob"];

/** What a source without credentials of its own asks of the function's role. */
function grantsOf(source: SourceOptions): Statement[] {
  if (source.kind !== "s3") return proofOf(source);
  const { bucket, prefix = "", writeBack } = source;
  const arn = pulumi.interpolate`arn:${aws.getPartitionOutput().partition}:s3:::${bucket}`;
  const grants = [
    // The whole of it: S3 calls a file that has gone since "forbidden" to whoever may list by prefix alone.
    allow(["s3:ListBucket"], arn),
    allow(["s3:GetObject"], pulumi.interpolate`${arn}/${literal(prefix)}*`),
  ];
  if (writeBack !== undefined) {
    const folder = literal(writeBack.replace(/\/+$/, ""));
    grants.push(allow(["s3:PutObject"], pulumi.interpolate`${arn}/${folder}/*`));
  }
  return grants;
}

/**
 * Leave to prove the role's identity, to Entra ID alone.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_outbound_policies.html
 */
function proofOf(source: SourceOptions): Statement[] {
  if (source.kind !== "azure-blob" || source.entra === undefined) return [];
  const Condition = { "ForAllValues:StringEquals": { "sts:IdentityTokenAudience": "api://AzureADTokenExchange" } };
  return [{ ...allow(["sts:GetWebIdentityToken"], "*"), Condition }];
}
