import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../settings.ts";
import { Actor } from "./actor.ts";
import { watchQueue } from "./alarms.ts";
import type { Bucket } from "./bucket.ts";
import type { Bundles } from "./bundles.ts";
import type { Catalog } from "./catalog.ts";
import { Queue } from "./queue.ts";
import { Schedule } from "./schedule.ts";
import { Secret } from "./secret.ts";
import { allow, literal, type Statement } from "./statement.ts";

export interface SourcePullArgs {
  settings: Settings;
  /** Where the pictures come from. */
  source: SourceOptions;
  bundles: Bundles;
  catalog: Catalog;
  incoming: Bucket;
  /** Keeps the calls that failed. */
  deadLetters: Bucket;
  /** Topic that hears the alarms. @default no alarms */
  alarmTopicArn?: pulumi.Input<string>;
}
type SourceOptions = Settings["sources"][number];

/**
 * One source's way in: a schedule calls the function, which queues the files that are new, and the
 * queue calls the same function to fetch them. Sources share none of it, so that one's trouble is
 * no other's.
 */
export class SourcePull extends pulumi.ComponentResource {
  constructor(
    name: `pull-${string}`,
    { settings, source, bundles, catalog, incoming, deadLetters, alarmTopicArn }: SourcePullArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("darkroom:index:SourcePull", name, {}, opts);
    const child = { parent: this };
    const value = settings.sourceSecrets[source.name];
    const description = `Credentials of the source ${source.name}`;
    const secret = value && new Secret(name, { value, description, protect: settings.protect }, child);

    const fileDeadLetters = new Queue(`${name}-dead-letters`, {}, child);
    const timeoutSeconds = 300;
    const files = new Queue(
      `${name}-files`,
      // Six times the function's own, or a throttled message comes back while it is still worked on.
      { visibilitySeconds: 6 * timeoutSeconds, redrive: { to: fileDeadLetters, after: 6 } },
      child,
    );
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
          INCOMING_BUCKET: incoming.name,
          LIMITS: JSON.stringify(settings.limits),
          SOURCE: JSON.stringify(source),
          SOURCE_SECRET: secret?.arn ?? "",
          QUEUE_URL: files.url,
        },
        grants: [
          catalog.grant("GetItem", "PutItem", "UpdateItem"),
          incoming.grant("PutObject", pulled),
          // Of a large file that could not be had whole, nothing is left.
          incoming.grant("AbortMultipartUpload", pulled),
          files.grant("SendMessage", "ReceiveMessage", "DeleteMessage", "GetQueueAttributes"),
          // Lambda writes what failed with the function's own role, and looks at the bucket first.
          deadLetters.grant("PutObject", "*"),
          deadLetters.grantListing(),
          ...(secret ? [secret.grant()] : grantsOf(source)),
        ],
        logRetentionDays: settings.retention.logsDays,
        reservedConcurrency,
        alarmTopicArn,
      },
      child,
    );
    new aws.lambda.EventSourceMapping(
      `${name}-mapping`,
      {
        eventSourceArn: files.arn,
        functionName: actor.functionArn,
        batchSize: 5,
        functionResponseTypes: ["ReportBatchItemFailures"],
        // Few at once, which is kind to the source; and one of what is reserved stays free for the schedule.
        scalingConfig: { maximumConcurrency: Math.min(5, (reservedConcurrency ?? 6) - 1) },
      },
      child,
    );
    new aws.lambda.FunctionEventInvokeConfig(
      `${name}-calls`,
      {
        functionName: actor.functionName,
        maximumRetryAttempts: 1,
        // An old call is as good as the next one.
        maximumEventAgeInSeconds: 3600,
        destinationConfig: { onFailure: { destination: deadLetters.arn } },
      },
      child,
    );
    const looks = `Looks for new pictures in the source ${source.name}`;
    new Schedule(name, { description: looks, actor, every: source.every, input: { poll: source.name } }, child);
    if (alarmTopicArn !== undefined) watchQueue(fileDeadLetters, `${name}-dead-letters`, alarmTopicArn, child);
    this.registerOutputs();
  }
}

/** What a source without credentials of its own asks of the function's role. */
function grantsOf(source: SourceOptions): Statement[] {
  if (source.kind !== "s3") return [];
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
