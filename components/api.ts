import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../settings.ts";
import { Actor } from "./actor.ts";
import { watch } from "./alarms.ts";
import type { Announcements } from "./announcements.ts";
import { keepingOf } from "./archive.ts";
import type { Bucket } from "./bucket.ts";
import type { Bundles } from "./bundles.ts";
import type { Replica } from "./catalog.ts";
import { costsOf } from "./costs.ts";
import type { CustomActor } from "./custom-actor.ts";
import type { Digest } from "./digest.ts";
import type { Door } from "./door.ts";
import type { Export } from "./export.ts";
import type { Intake } from "./intake.ts";
import type { Mail } from "./mail.ts";
import type { Network } from "./network.ts";
import type { BucketsOfRegion } from "./pipeline.ts";
import type { SourcePull } from "./source-pull.ts";
import { allow } from "./statement.ts";

export interface ApiArgs {
  settings: Settings;
  bundles: Bundles;
  catalog: Replica;
  incoming: Bucket;
  /** Holds the previews of pictures in review. */
  working: Bucket;
  /** That of each other Region. */
  elsewhere: readonly Pick<BucketsOfRegion, "region" | "working">[];
  /** Keeps the changes that could not be worked on. */
  deadLetters: Bucket;
  /** Wakes ingest. */
  intake: Intake;
  /** Wakes restore. */
  thawed: Intake;
  /** Whose listeners may give changes up; absent where the catalog's stream wakes the actors. */
  announcements?: Announcements;
  /** The sources' queues. */
  pulls: SourcePull[];
  /** Of the stack's own. */
  ownActors: CustomActor[];
  /** By which people come. */
  door: Door;
  /** Address of the page, without a slash at the end. */
  siteUrl: pulumi.Input<string>;
  /** Absent where nobody can sign in. */
  mail?: Mail;
  /** Which operators may ask for; absent where none is mailed. */
  digest?: Digest;
  /** Which operators may ask for as well; absent where nothing is exported. */
  exports?: Export;
  /** Where its functions run. @default in no network of ours */
  network?: Network;
  /** Topic that hears the alarms. @default no alarms */
  alarmTopicArn?: pulumi.Input<string>;
}

/**
 * The API, with two ways in: by the page's distribution for people, and by an address of its own for
 * callers of this account whose own policy lets them invoke it.
 */
export class Api extends pulumi.ComponentResource {
  /** The operators' address, without a slash at the end. */
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: ApiArgs, opts?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:Api", name, {}, opts);
    const child = { parent: this };
    const { settings, bundles, catalog, incoming, working, elsewhere, deadLetters, intake, thawed, pulls, ownActors } =
      args;
    const { door, siteUrl, mail, digest, exports: exported, alarmTopicArn } = args;
    const listeners = args.announcements?.listeners ?? [];
    const previews = "previews/*";
    const uploads = "uploads/*";
    const actor = new Actor(
      "api",
      {
        code: bundles.of("api"),
        memoryMegabytes: 512,
        timeoutSeconds: 15,
        environment: {
          CATALOG_TABLE: catalog.name,
          ENVIRONMENT: settings.environment,
          REGIONS: JSON.stringify(settings.regions),
          INCOMING_BUCKET: incoming.name,
          WORKING_BUCKET: working.name,
          WORKING_ELSEWHERE: pulumi.jsonStringify(
            elsewhere.map(({ region, working }) => ({ region, working: working.name })),
          ),
          KEEPING: keepingOf(settings),
          LIMITS: JSON.stringify(settings.limits),
          SITE_URL: siteUrl,
          DOOR_SECRET: door.secret.version,
          MAIL: JSON.stringify(settings.mail ?? null),
          PEOPLE: JSON.stringify(settings.people),
          QUOTAS: JSON.stringify(settings.quotas),
          DEAD_LETTERS_BUCKET: deadLetters.name,
          DEAD_QUEUES: pulumi.jsonStringify([
            { actor: "ingest", from: intake.deadLetters.url, to: intake.queue.url },
            { actor: "restore", from: thawed.deadLetters.url, to: thawed.queue.url },
            ...pulls.map(({ source, ...pull }) => ({
              actor: "pull",
              source,
              from: pull.deadLetters.url,
              to: pull.files.url,
            })),
            ...listeners.map(({ actor, deadLetters }) => ({ actor, from: deadLetters.url })),
          ]),
          OWN_ACTORS: pulumi.jsonStringify(
            ownActors.map(({ called, functionName }) => ({ name: called, function: functionName })),
          ),
          INTAKE_QUEUE_URL: intake.queue.url,
          SOURCES: JSON.stringify(settings.sources.map(({ name, kind, every }) => ({ name, kind, every }))),
          COSTS: costsOf(settings),
          DIGEST_FUNCTION: digest?.functionArn ?? "",
          EXPORT: pulumi.jsonStringify(exported?.place ?? null),
        },
        grants: [
          catalog.grant("GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query"),
          catalog.grantListing("by-entry", "by-uploader", "in-review"),
          // Of a picture that is at home elsewhere, the record is written there.
          ...catalog.grantElsewhere("GetItem", "PutItem", "UpdateItem", "DeleteItem"),
          // That it answers proves that it is well.
          intake.queue.grant("GetQueueAttributes"),
          // What it signs for others, it must be allowed itself.
          incoming.grant("PutObject", uploads),
          incoming.grant("ListMultipartUploadParts", uploads),
          incoming.grant("AbortMultipartUpload", uploads),
          // Also of what is at home elsewhere. A preview that is not there is no trouble.
          ...[working, ...elsewhere.map(({ working }) => working)].flatMap((each) => [
            each.grant("GetObject", previews),
            each.grant("DeleteObject", previews),
            each.grantListing(),
          ]),
          // To put back on its way what was given up.
          incoming.grantListing(),
          deadLetters.grantListing(),
          deadLetters.grant("GetObject", "*"),
          deadLetters.grant("DeleteObject", "*"),
          ...[intake.queue, thawed.queue, ...pulls.map(({ files }) => files)].map((queue) =>
            queue.grant("SendMessage"),
          ),
          ...[intake, thawed, ...pulls, ...listeners].map((each) =>
            each.deadLetters.grant("ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility", "GetQueueAttributes"),
          ),
          door.secret.grant(),
          ...(mail ? [mail.grant()] : []),
          ...(digest ? [allow(["lambda:InvokeFunction"], digest.functionArn)] : []),
          ...(exported?.grants ?? []),
          ...ownActors.map(({ functionArn }) => allow(["lambda:InvokeFunction"], functionArn)),
        ],
        logRetentionDays: settings.retention.logsDays,
        reservedConcurrency: settings.concurrency.api,
        network: args.network,
        alarmTopicArn,
      },
      child,
    );
    door.route("api", { key: "ANY /api/{proxy+}", actor });
    // For whoever asks, and Route 53 does: it says no more than whether this Region is well.
    door.route("health", { key: "GET /health", actor });
    const { functionUrl } = new aws.lambda.FunctionUrl(
      `${name}-url`,
      { functionName: actor.functionName, authorizationType: "AWS_IAM" },
      child,
    );
    if (alarmTopicArn !== undefined) {
      // A fault is answered in words, so that Lambda counts no error.
      const fault = { statistic: "Sum", above: 0, runbook: "front-door" } as const;
      watch(
        `${name}-faults`,
        {
          ...fault,
          description: "The front door answered with a fault of ours; the log of the function it led to says which.",
          namespace: "AWS/ApiGateway",
          metric: "5xx",
          dimensions: { ApiId: door.apiId },
        },
        alarmTopicArn,
        child,
      );
      watch(
        `${name}-operators-faults`,
        {
          ...fault,
          description: "The API answered an operator with a fault of ours; its log says which.",
          namespace: "AWS/Lambda",
          metric: "Url5xxCount",
          dimensions: { FunctionName: actor.functionName },
        },
        alarmTopicArn,
        child,
      );
    }
    this.url = functionUrl.apply((url) => url.replace(/\/$/, ""));
    this.registerOutputs({ url: this.url });
  }
}
