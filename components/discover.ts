import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../settings.ts";
import { Actor } from "./actor.ts";
import type { Bucket } from "./bucket.ts";
import type { Bundles } from "./bundles.ts";
import type { Replica } from "./catalog.ts";
import type { Cdn } from "./cdn.ts";
import type { Door } from "./door.ts";
import { keepFailedCalls, leaveToKeep } from "./failed-calls.ts";
import type { Network } from "./network.ts";
import { Schedule } from "./schedule.ts";
import { Secret } from "./secret.ts";
import { StatusTrigger } from "./status-trigger.ts";
import { watchSource } from "./watch-source.ts";
import { feed, workQueue } from "./work-queue.ts";

export interface DiscoverArgs {
  settings: Settings;
  /** Whose pages are looked through. */
  repository: Settings["repositories"][number];
  bundles: Bundles;
  catalog: Replica;
  incoming: Bucket;
  working: Bucket;
  /** Where pages will find the pictures. */
  cdn: Cdn;
  /** Keeps the calls that failed. */
  deadLetters: Bucket;
  /** By which GitHub calls. */
  door: Door;
  /** Where its function runs, unless the internet is outside of it. @default in no network of ours */
  network?: Network;
  /** Topic that hears the alarms. @default no alarms */
  alarmTopicArn?: pulumi.Input<string>;
}

/**
 * One repository's pages: a schedule, GitHub and the ends of its pictures' journeys call for a look;
 * the calls lie in a queue, so that a thousand at once are one look.
 */
export class Discover extends pulumi.ComponentResource {
  constructor(name: `discover-${string}`, args: DiscoverArgs, opts?: pulumi.ComponentResourceOptions) {
    super("darkroom:index:Discover", name, {}, opts);
    const child = { parent: this };
    const { settings, repository, bundles, catalog, incoming, working, cdn, deadLetters, alarmTopicArn } = args;
    const source = repository.name;
    const secret = new Secret(
      name,
      {
        value: settings.sourceSecrets[source] ?? "",
        description: `Entry to the repository ${repository.repo}`,
        protect: settings.protect,
      },
      child,
    );
    const timeoutSeconds = 300;
    const work = workQueue(name, { called: `${name}-calls`, timeoutSeconds }, child);
    const calls = work.queue;
    const pulled = `pulled/${source}/*`;
    const notebook = `discover/${source}.json`;
    const actor = new Actor<"discover">(
      name,
      {
        code: bundles.of("discover"),
        // The trees of 100,000 files, and pages to read at once.
        memoryMegabytes: 1024,
        timeoutSeconds,
        environment: {
          CATALOG_TABLE: catalog.name,
          ENVIRONMENT: settings.environment,
          REGIONS: JSON.stringify(settings.regions),
          INCOMING_BUCKET: incoming.name,
          WORKING_BUCKET: working.name,
          LIMITS: JSON.stringify(settings.limits),
          REPOSITORY: JSON.stringify(repository),
          REPOSITORY_SECRET: secret.version,
          QUEUE_URL: calls.url,
          PUBLISHED_URL: cdn.url,
        },
        grants: [
          catalog.grant("GetItem", "UpdateItem"),
          incoming.grant("PutObject", pulled),
          // Of a large file that could not be had whole, nothing is left.
          incoming.grant("AbortMultipartUpload", pulled),
          working.grant("GetObject", notebook),
          working.grant("PutObject", notebook),
          // Without it a notebook that is not there yet is "forbidden".
          working.grantListing(),
          calls.grant("SendMessage", "ReceiveMessage", "DeleteMessage", "GetQueueAttributes"),
          secret.grant(),
          ...leaveToKeep(deadLetters),
        ],
        network: args.network,
        internet: true,
        logRetentionDays: settings.retention.logsDays,
        reservedConcurrency: settings.concurrency.discover,
        alarmTopicArn,
      },
      child,
    );
    // The ledger lets one look at a time begin.
    feed(work, { actor, leave: "grants", batchSize: 1, parallel: 2 }, child);
    // An old call is as good as the next one.
    keepFailedCalls(name, { actor, deadLetters, retries: 1, hours: 1 }, child);
    const looks = `Looks through the pages of ${repository.repo}`;
    new Schedule(name, { description: looks, actor, when: repository.every, input: { discover: source } }, child);
    args.door.route(name, { key: `ANY /hooks/${source}`, actor });
    new StatusTrigger(
      `${name}-trigger`,
      {
        actor,
        catalog,
        status: { called: `ends of ${source}`, pattern: endsOf(source, settings.regions) },
        homes: settings.regions,
        deadLetters,
        batchSize: 100,
        onlyNew: true,
        parallel: 1,
      },
      child,
    );
    if (alarmTopicArn !== undefined)
      watchSource(name, source, settings.environment, alarmTopicArn, child, () => `The log of ${name}-fn`);
    this.registerOutputs();
  }
}

/** Its pictures, wherever they were finished, as soon as pages need not wait for them any longer. */
const endsOf = (source: string, homes: readonly string[]) => ({
  eventName: ["INSERT", "MODIFY"],
  dynamodb: {
    Keys: { sk: { S: ["record"] } },
    NewImage: {
      status: { S: ["published", "rejected", "duplicate", "review"] },
      homeRegion: { S: homes },
      source: { S: [source] },
      // That its original goes to the archive, or comes back, is no news.
      archive: { M: { turn: { N: [{ exists: false }] } } },
    },
  },
});
