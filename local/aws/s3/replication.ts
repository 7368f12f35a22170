import { setTimeout as sleep } from "node:timers/promises";
import type { BucketFiles } from "./files.ts";
import type { BucketStore } from "./store.ts";
import type { Bucket, ObjectMeta } from "./types.ts";

/** What a rule copies to another bucket. */
export interface ReplicationRule {
  /** Name of the bucket. */
  readonly to: string;
  readonly prefix: string;
  /** Whether its delete markers are copied too. */
  readonly deletions: boolean;
  /** @default the object's own */
  readonly storageClass?: string;
}

/** One write or deletion that one bucket has still to hear of, as it stands on disk. */
export interface Departure {
  readonly id: string;
  readonly to: string;
  readonly key: string;
  /** Id of the object; absent for a deletion. */
  readonly object?: string;
  /** ISO 8601. */
  readonly at: string;
}

export interface Replication {
  /** Takes on what the source's store has written down. */
  send(from: Bucket, departure: Departure): void;
  /** Nothing comes from this Region's buckets or gets to them, until it is back. */
  cut(region: string): Promise<void>;
  rejoin(region: string): void;
  /** Goes on with what an earlier process left. */
  start(): void;
  close(): Promise<void>;
}

interface ReplicationDeps {
  readonly buckets: ReadonlyMap<string, Bucket>;
  readonly filesOf: (bucket: Bucket) => Pick<BucketFiles, "remove">;
  /** Milliseconds from a write until the other bucket has it. */
  readonly delayMs: number;
  readonly now: () => Date;
}

/**
 * Copies objects between buckets as S3 replicates them: after a while, with all that is said of
 * them, never a copy of a copy. Where two buckets send each other the same key, the later one stays.
 */
export function createReplication({ buckets, filesOf, delayMs, now }: ReplicationDeps): Replication {
  const away = new Set<string>();
  const links = new Map<string, Link>();
  let started = false;

  function linkOf(from: Bucket, to: string): Link {
    const name = `${from.config.name} ${to}`;
    const link = links.get(name) ?? createLink(from, buckets.get(to)!);
    links.set(name, link);
    return link;
  }

  function createLink(from: Bucket, to: Bucket): Link {
    const waiting: Departure[] = [];
    let stopping: AbortController | undefined;
    let running: Promise<void> = Promise.resolve();
    async function run(signal: AbortSignal) {
      for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
        const wait = Date.parse(next.at) + delayMs - now().getTime();
        if (wait > 0) await sleep(wait, undefined, { signal, ref: false }).catch(() => {});
        if (signal.aborted) return;
        await carry(from, to, next);
        waiting.shift();
        filesOf(from).remove("departures", next.id);
        arrived(from, next);
      }
      stopping = undefined;
    }
    return {
      regions: [from.config.region, to.config.region],
      waiting,
      start() {
        if (stopping !== undefined || !started) return;
        stopping = new AbortController();
        const { signal } = stopping;
        running = running.then(() => run(signal));
      },
      async stop() {
        stopping?.abort();
        await running;
        stopping = undefined;
      },
    };
  }

  /** Once every bucket has it, the object says so itself. */
  function arrived({ config, store }: Bucket, { key, object }: Departure) {
    const meta = store.get(key);
    if (meta?.id !== object || meta?.replication !== "PENDING") return;
    const isWaiting = (config.replication ?? []).some(({ to }) =>
      links.get(`${config.name} ${to}`)?.waiting.some((departure) => departure.object === object),
    );
    if (!isWaiting) store.note({ ...meta, replication: "COMPLETED" });
  }

  const isReached = ({ regions }: Link) => !regions.some((region) => region !== undefined && away.has(region));
  const resume = () => {
    for (const link of links.values()) if (isReached(link)) link.start();
  };
  return {
    send(from, departure) {
      const link = linkOf(from, departure.to);
      link.waiting.push(departure);
      if (isReached(link)) link.start();
    },
    async cut(region) {
      away.add(region);
      await Promise.all([...links.values()].filter((link) => !isReached(link)).map((link) => link.stop()));
    },
    rejoin(region) {
      away.delete(region);
      resume();
    },
    start() {
      started = true;
      resume();
    },
    async close() {
      started = false;
      await Promise.all([...links.values()].map((link) => link.stop()));
    },
  };
}

/** From one bucket to another, in the order of the writes. */
interface Link {
  readonly regions: readonly (string | undefined)[];
  readonly waiting: Departure[];
  start(): void;
  stop(): Promise<void>;
}

/** A departure that something newer has overtaken, on either side, is none any more. */
async function carry({ config, store }: Bucket, to: Bucket, { key, object, at }: Departure): Promise<void> {
  const meta = store.get(key);
  const isOvertaken = () => (to.store.get(key)?.lastModified ?? "") > at;
  if (object === undefined) {
    if (meta === undefined && !isOvertaken()) to.store.remove(key);
    return;
  }
  if (meta?.id !== object || isOvertaken()) return;
  const there = to.store.get(key);
  if (there?.versionId === meta.versionId) return to.store.retag(there!, meta.tags);
  const staged = await to.store.stage(store.open(meta));
  if (isOvertaken()) return to.store.discard(staged.id);
  const rule = config.replication?.find((each) => each.to === to.config.name && key.startsWith(each.prefix));
  to.store.commit({ ...copyOf(meta, rule), staged });
}

/** A copy has its original's version and time. */
function copyOf(
  meta: ObjectMeta,
  rule: ReplicationRule | undefined,
): Omit<Parameters<BucketStore["commit"]>[0], "staged"> {
  const { key, headers, metadata, tags, storageClass, checksum, etag, versionId, lastModified } = meta;
  return {
    key,
    description: { headers, metadata, tags, storageClass: rule?.storageClass ?? storageClass },
    checksum,
    etag,
    reason: "PutObject",
    copyOf: { versionId, lastModified },
  };
}
