import { setTimeout as delay } from "node:timers/promises";
import { createAnnouncer } from "./announcer.ts";
import type { BucketStore } from "./store.ts";
import type { BucketConfig, ObjectMeta, ObjectRestored, Restoration } from "./types.ts";

export interface RestorationsDeps {
  readonly config: BucketConfig;
  readonly store: BucketStore;
  readonly onRestored: (event: ObjectRestored) => Promise<void>;
  readonly now: () => Date;
  /** Milliseconds until an object can be read, where S3 takes minutes to days. */
  readonly afterMs: number;
}

/** Reading objects from the archive's storage classes; what is under way outlives a restart. */
export interface Restorations {
  begin(meta: ObjectMeta, days: number): void;
  /** Goes on with what an earlier process began. */
  resume(): void;
  close(): Promise<void>;
}

export function createRestorations({ config, store, onRestored, now, afterMs }: RestorationsDeps): Restorations {
  const announcer = createAnnouncer({ tell: onRestored });
  const closing = new AbortController();
  const underWay = new Set<Promise<void>>();

  async function finish(key: string, id: string) {
    await delay(afterMs, undefined, { signal: closing.signal, ref: false }).catch(() => undefined);
    const meta = store.get(key);
    if (closing.signal.aborted || meta?.id !== id || meta.restoration === undefined) return;
    const restoration = { ...meta.restoration, until: meta.restoration.until ?? expiry(now(), meta.restoration.days) };
    store.note({ ...meta, restoration });
    if (config.notifies)
      announcer.announce({ event: eventOf(config, meta, restoration.until, now()) }, () => told(key, id));
  }

  function told(key: string, id: string) {
    const meta = store.get(key);
    if (meta?.id === id && meta.restoration) store.note({ ...meta, restoration: { ...meta.restoration, told: true } });
  }

  function start({ key, id }: ObjectMeta) {
    const running: Promise<void> = finish(key, id).finally(() => underWay.delete(running));
    underWay.add(running);
  }

  return {
    begin(meta, days) {
      store.note({ ...meta, restoration: { days } });
      start(meta);
    },
    resume() {
      for (const key of store.keys()) {
        const meta = store.get(key)!;
        if (meta.restoration !== undefined && !meta.restoration.told) start(meta);
      }
    },
    async close() {
      closing.abort();
      await Promise.all(underWay);
      await announcer.close();
    },
  };
}

/** So many days from now, and on to the next midnight, as S3 counts them. */
export function expiry(now: Date, days: number): string {
  const end = new Date(now.getTime() + days * 86_400_000);
  return new Date(Math.ceil(end.getTime() / 86_400_000) * 86_400_000).toISOString();
}

const eventOf = (config: BucketConfig, meta: ObjectMeta, until: string, now: Date): ObjectRestored => ({
  bucket: config.name,
  key: meta.key,
  size: meta.size,
  etag: meta.etag,
  versionId: meta.versionId,
  storageClass: meta.storageClass,
  until,
  time: now.toISOString(),
});

/** Where the reading of an archived object stands. */
export function restorationState({ restoration }: { readonly restoration?: Restoration }, now: Date) {
  if (restoration === undefined) return "none";
  if (restoration.until === undefined) return "ongoing";
  return Date.parse(restoration.until) > now.getTime() ? "readable" : "none";
}
