import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import type { Identity, PolicyDocument } from "../types.ts";
import type { ReplicationRule } from "./replication.ts";
import type { BucketStore } from "./store.ts";

/** As Pulumi's BucketCorsConfiguration words it. */
export interface CorsRule {
  readonly allowedOrigins: readonly string[];
  readonly allowedMethods: readonly string[];
  readonly allowedHeaders?: readonly string[];
  readonly exposeHeaders?: readonly string[];
  readonly maxAgeSeconds?: number;
}

export interface BucketConfig {
  readonly name: string;
  readonly arn: string;
  readonly cors?: readonly CorsRule[];
  readonly policy?: PolicyDocument;
  /** Answers carry version ids; only the newest version is kept. */
  readonly versioned?: boolean;
  /** Whether `onCreated` hears of its new objects. */
  readonly notifies?: boolean;
  /** @default of no consequence */
  readonly region?: string;
  /** Where its objects are copied to, from the versions that it then has. */
  readonly replication?: readonly ReplicationRule[];
}

/** As EventBridge words an "Object Created" event. */
export interface ObjectCreated {
  readonly bucket: string;
  /** As it is: not encoded. */
  readonly key: string;
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  readonly versionId?: string;
  /** Hex; orders the events of one key. */
  readonly sequencer: string;
  readonly reason: "PutObject" | "POST Object" | "CopyObject" | "CompleteMultipartUpload";
  /** ISO 8601. */
  readonly time: string;
}

/** As EventBridge words an "Object Restore Completed" event. */
export interface ObjectRestored extends Pick<ObjectCreated, "bucket" | "key" | "size" | "etag" | "versionId" | "time"> {
  readonly storageClass: string;
  /** ISO 8601. */
  readonly until: string;
}

/** An archived object that is being read, or can be. */
export interface Restoration {
  /** For which it is to be readable. */
  readonly days: number;
  /** ISO 8601; absent while it is under way. */
  readonly until?: string;
  /** Whoever wanted to know has heard of it. */
  readonly told?: boolean;
}

/** What the caller says of an object beside its bytes. */
export interface Description {
  /** Content-Type, Cache-Control and their like, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** User metadata, names in lower case without `x-amz-meta-`. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly storageClass: string;
}

export interface ObjectMeta extends Description {
  readonly key: string;
  /** Names the file with the bytes; never used twice. */
  readonly id: string;
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  /** ISO 8601. */
  readonly lastModified: string;
  readonly sequencer: string;
  readonly versionId?: string;
  readonly checksum?: Checksum;
  readonly restoration?: Restoration;
  /** Whether the other buckets have it, or it is itself a copy. */
  readonly replication?: "PENDING" | "COMPLETED" | "REPLICA";
}

export interface Checksum {
  /** As in `x-amz-checksum-crc32`. */
  readonly algorithm: string;
  /** Base64. */
  readonly value: string;
}

export interface Bucket {
  readonly config: BucketConfig;
  readonly store: BucketStore;
}

/** One authenticated request, taken apart. */
export interface S3Request {
  readonly incoming: IncomingMessage;
  readonly identity: Identity;
  readonly bucket: Bucket;
  /** Decoded once; empty for requests to the bucket itself. */
  readonly key: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string | Readable;
}
