import { randomBytes, randomUUID } from "node:crypto";
import { createReadStream, openSync } from "node:fs";
import type { Readable } from "node:stream";
import { isCold } from "./description.ts";
import type { BucketFiles, Staged } from "./files.ts";
import { expectWritable, type WriteConditions } from "./preconditions.ts";
import type { Departure } from "./replication.ts";
import type { BucketConfig, Checksum, Description, ObjectCreated, ObjectMeta } from "./types.ts";

export interface NewObject {
  readonly key: string;
  readonly staged: Staged;
  readonly description: Description;
  readonly reason: ObjectCreated["reason"];
  readonly checksum?: Checksum;
  /** @default the MD5 of the bytes */
  readonly etag?: string;
  readonly conditions?: WriteConditions;
  /** Of a replica: what it is a copy of. */
  readonly copyOf?: Pick<ObjectMeta, "versionId" | "lastModified">;
}

/** The objects of one bucket: an index in memory over one small file an object, and its bytes in another. */
export interface BucketStore {
  get(key: string): ObjectMeta | undefined;
  /** In the order of their UTF-8 bytes. */
  keys(): readonly string[];
  /** The bytes as they are now, even if the object is replaced while they are read. Read or destroy it. */
  open(meta: ObjectMeta, range?: { readonly start: number; readonly end: number }): Readable;
  stage: BucketFiles["stage"];
  discard: BucketFiles["discard"];
  /** Makes staged bytes an object, or discards them. @throws S3Error when the conditions are not met. */
  commit(object: NewObject): ObjectMeta;
  /** @throws S3Error `NoSuchKey` or `PreconditionFailed` */
  remove(
    key: string,
    conditions?: WriteConditions,
    options?: { /** A delete marker, not a version. */ readonly marked: boolean },
  ): void;
  retag(meta: ObjectMeta, tags: Description["tags"]): void;
  /** Keeps what is said of an object that is there; its bytes stay. */
  note(meta: ObjectMeta): void;
}

export interface StoreDeps {
  readonly config: BucketConfig;
  readonly files: BucketFiles;
  /** Told of every object whose announcement is written down. */
  readonly announce: (event: Pending) => void;
  /** Told of everything that is written down for another bucket. */
  readonly depart: (departure: Departure) => void;
  readonly now: () => Date;
}

/** An announcement still to be made, as it stands on disk. */
export interface Pending {
  readonly id: string;
  readonly event: ObjectCreated;
}

export function createStore({ config, files, announce, depart, now }: StoreDeps): BucketStore {
  const index = new Map(files.load<ObjectMeta>("objects").map((meta) => [meta.key, meta]));
  const nextSequencer = sequencers(
    [...index.values()].map((meta) => meta.sequencer),
    now,
  );
  let sorted: readonly string[] | undefined;
  const note = (meta: ObjectMeta) => {
    files.save("objects", meta.key, meta);
    index.set(meta.key, meta);
  };

  /** For each bucket that is to hear of it; on disk before the change itself is. */
  function departures(key: string, at: string, object?: string): readonly Departure[] {
    const rules = (config.replication ?? []).filter(
      ({ prefix, deletions }) => key.startsWith(prefix) && (object !== undefined || deletions),
    );
    const made = rules.map(({ to }) => ({ id: randomUUID(), to, key, object, at }));
    for (const departure of made) files.save("departures", departure.id, departure);
    return made;
  }

  return {
    get: (key) => index.get(key),
    keys() {
      sorted ??= [...index.keys()]
        .map((key) => Buffer.from(key))
        .sort(Buffer.compare)
        .map(String);
      return sorted;
    },
    open: (meta, range) => createReadStream("", { fd: openSync(files.dataPath(meta.id), "r"), ...range }),
    stage: files.stage,
    discard: files.discard,
    // Synchronous throughout: nothing can come between the look at what is there and the rename.
    commit({ key, staged, description, reason, checksum, etag = staged.md5, conditions = {}, copyOf }) {
      const previous = index.get(key);
      try {
        expectWritable(previous, conditions);
      } catch (error) {
        files.discard(staged.id);
        throw error;
      }
      const time = now().toISOString();
      const versionId = copyOf?.versionId ?? (config.versioned ? randomBytes(24).toString("base64url") : undefined);
      // S3 replicates neither copies nor what lies in an archive's storage class.
      const leaving = copyOf || isCold(description) ? [] : departures(key, time, staged.id);
      const meta: ObjectMeta = {
        ...description,
        key,
        id: staged.id,
        size: staged.size,
        etag,
        lastModified: copyOf?.lastModified ?? time,
        sequencer: nextSequencer(),
        versionId,
        checksum,
        ...(copyOf && { replication: "REPLICA" }),
        ...(leaving.length > 0 && { replication: "PENDING" }),
      };
      const pending = {
        id: meta.id,
        event: { bucket: config.name, key, size: meta.size, etag, versionId, sequencer: meta.sequencer, reason, time },
      };
      if (config.notifies) files.save("pending", pending.id, pending);
      files.save("objects", key, meta);
      index.set(key, meta);
      if (previous) files.discard(previous.id);
      else sorted = undefined;
      if (config.notifies) announce(pending);
      leaving.forEach(depart);
      return meta;
    },
    remove(key, conditions = {}, { marked } = { marked: false }) {
      const meta = index.get(key);
      expectWritable(meta, conditions);
      if (!meta) return;
      const leaving = marked ? departures(key, now().toISOString()) : [];
      files.remove("objects", key);
      index.delete(key);
      sorted = undefined;
      files.discard(meta.id);
      leaving.forEach(depart);
    },
    retag(meta, tags) {
      note({ ...meta, tags });
      if (meta.replication !== "REPLICA") departures(meta.key, meta.lastModified, meta.id).forEach(depart);
    },
    note,
  };
}

/** Ever greater, across restarts too: the clock, or one more than the last where the clock stands still. */
function sequencers(known: readonly string[], now: () => Date): () => string {
  let last = known.reduce((most, sequencer) => (BigInt(`0x${sequencer}`) > most ? BigInt(`0x${sequencer}`) : most), 0n);
  return () => {
    const clock = BigInt(now().getTime()) << 20n;
    last = clock > last ? clock : last + 1n;
    return last.toString(16).toUpperCase().padStart(18, "0");
  };
}
