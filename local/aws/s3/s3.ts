import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import type { Call, Endpoint, EndpointDeps, Identity } from "../types.ts";
import { createAnnouncer } from "./announcer.ts";
import { createEndpoint } from "./endpoint.ts";
import { S3Error } from "./errors.ts";
import { createFiles } from "./files.ts";
import { createReplication, type Departure, type Replication } from "./replication.ts";
import { createRestorations, type Restorations } from "./restorations.ts";
import { missing, permit, type Server } from "./server.ts";
import { type BucketStore, createStore, type Pending } from "./store.ts";
import type { Bucket, BucketConfig, ObjectCreated, ObjectMeta, ObjectRestored } from "./types.ts";
import { createUploads, type Uploads } from "./uploads.ts";

export interface S3Options {
  /** Folder of all buckets; made if it is not there. One process at a time. */
  readonly dir: string;
  readonly buckets: readonly BucketConfig[];
  /** Hears of every new object of a bucket that notifies, at least once, also across a kill; repeated until it resolves. */
  readonly onCreated: (event: ObjectCreated) => Promise<void>;
  /** The same of every object that can be read again. @default nobody hears of them */
  readonly onRestored?: (event: ObjectRestored) => Promise<void>;
  /** Milliseconds that a restoration takes. @default 2000 */
  readonly restoreAfterMs?: number;
  readonly deps: EndpointDeps;
  /** From a write until the buckets that it is copied to have it. @default 0 */
  readonly replicationDelayMs?: number;
  /** @default the clock */
  readonly now?: () => Date;
  /** @default "/aws/s3" */
  readonly mount?: string;
}

export interface S3 extends Pick<Replication, "cut" | "rejoin"> {
  readonly endpoint: Endpoint;
  /** A bucket's objects, past every permission. */
  readonly store: (bucket: string) => BucketStore | undefined;
  /** Reads in this process as somebody else, as CloudFront does with its origin access control. */
  read(bucket: string, key: string, as: Identity, context?: Call["context"]): Promise<Read>;
  /** Announces what an earlier process could not. */
  start(): void;
  /** Stops announcing; what was not heard is announced by the next `start`. */
  close(): Promise<void>;
}

/** An object, its stream to be read or destroyed; a refusal as IAM words it; or undefined where there is nothing. */
export type Read = { readonly stream: Readable; readonly meta: ObjectMeta } | { readonly denied: string } | undefined;

/** The laptop's S3. */
export function createS3({
  dir,
  buckets: configs,
  onCreated,
  onRestored = async () => {},
  restoreAfterMs = 2000,
  replicationDelayMs: delayMs = 0,
  deps,
  now = () => new Date(),
  mount = "/aws/s3",
}: S3Options): S3 {
  const announcer = createAnnouncer({ tell: onCreated });
  expectDestinations(configs);
  const opened = configs.map((config) => {
    const each = openBucket(dir, config, now, announcer.announce, (from, departure) =>
      replication.send(from, departure),
    );
    const { store } = each.bucket;
    return { ...each, restorations: createRestorations({ config, store, onRestored, now, afterMs: restoreAfterMs }) };
  });
  const buckets = new Map(opened.map(({ bucket }) => [bucket.config.name, bucket]));
  const uploads = new Map(opened.map((each) => [each.bucket, each.uploads]));
  const files = new Map(opened.map((each) => [each.bucket, each.files]));
  const replication = createReplication({ buckets, filesOf: (bucket) => files.get(bucket)!, delayMs, now });
  for (const { bucket, left } of opened) for (const departure of left) replication.send(bucket, departure);
  const restorations = new Map<Bucket, Restorations>(opened.map((each) => [each.bucket, each.restorations]));
  const server: Server = {
    buckets,
    uploadsOf: (bucket) => uploads.get(bucket)!,
    restorationsOf: (bucket) => restorations.get(bucket)!,
    authorize: deps.authorize,
    now,
  };
  return {
    endpoint: createEndpoint({ ...server, identityOf: deps.identityOf, mount }),
    store: (name) => buckets.get(name)?.store,
    async read(name, key, as, context) {
      const bucket = buckets.get(name);
      if (!bucket) return undefined;
      const caller = { identity: as, headers: {}, query: new URLSearchParams() };
      try {
        permit(server, caller, "s3:GetObject", { bucket, key }, context);
        const meta = bucket.store.get(key);
        if (!meta) throw missing(server, caller, { bucket, key }, context);
        return { stream: bucket.store.open(meta), meta };
      } catch (error) {
        if (!(error instanceof S3Error)) throw error;
        return error.code === "AccessDenied" ? { denied: error.message } : undefined;
      }
    },
    start() {
      for (const each of opened) {
        each.announceLeftover();
        each.restorations.resume();
      }
      replication.start();
    },
    cut: replication.cut,
    rejoin: replication.rejoin,
    async close() {
      await replication.close();
      await Promise.all([announcer.close(), ...opened.map((each) => each.restorations.close())]);
    },
  };
}

/** As S3 checks it when a replication is configured. */
function expectDestinations(configs: readonly BucketConfig[]): void {
  for (const { name, versioned, replication = [] } of configs)
    for (const { to } of replication)
      if (!versioned || configs.find((config) => config.name === to)?.versioned !== true)
        throw new Error(
          `REPLICATION_BROKEN: expected bucket ${name} and the one that it is copied to, ${to}, to be there and to have versions.`,
        );
}

function openBucket(
  root: string,
  config: BucketConfig,
  now: () => Date,
  announce: (pending: Pending, heard: () => void) => void,
  send: (from: Bucket, departure: Departure) => void,
) {
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(config.name)) {
    throw new Error(
      `Expected a bucket name of 3 to 63 lower-case letters, digits, dots and hyphens, received "${config.name}".`,
    );
  }
  const dir = join(root, config.name);
  mkdirSync(dir, { recursive: true });
  const files = createFiles(dir);
  const tell = (pending: Pending) => announce(pending, () => files.remove("pending", pending.id));
  const leftover = files.load<Pending>("pending");
  const depart = (departure: Departure) => send(bucket, departure);
  const store = createStore({ config, files, announce: tell, depart, now });
  // A rule that is gone since takes its work with it.
  const left = files
    .load<Departure>("departures")
    .filter(({ to }) => config.replication?.some((rule) => rule.to === to))
    .toSorted((one, other) => (one.at < other.at ? -1 : 1));
  const uploads: Uploads = createUploads(files);
  const metas = store.keys().map((key) => store.get(key)!);
  files.sweep(new Set([...metas.map(({ id }) => id), ...uploads.ids()]));
  const bucket: Bucket = { config, store };
  return {
    bucket,
    files,
    left,
    uploads,
    announceLeftover() {
      for (const pending of leftover.splice(0)) {
        // A marker whose object never came to be seen, or has been replaced since, has nothing to tell.
        if (store.get(pending.event.key)?.id === pending.id) tell(pending);
        else files.remove("pending", pending.id);
      }
    },
  };
}
